// The one material of all that is built: windows, tiles, bricks and paper doors are drawn by the shader, in metres.
import { DoubleSide, MeshLambertMaterial } from "three";
import { weave } from "./shading";

const HEAD_V = /* glsl */ `
  attribute vec2 uvM;
  attribute float style;
  varying vec2 vUvM;
  varying float vStyle;
  varying vec3 vFace;
`;

const BODY_V = /* glsl */ `
  vUvM = uvM;
  vStyle = style;
  vec4 face = vec4(normal, 0.0);
  #ifdef USE_INSTANCING
    face = instanceMatrix * face;
  #endif
  vFace = normalize((modelMatrix * face).xyz);
`;

const HEAD_F = /* glsl */ `
  varying vec2 vUvM;
  varying float vStyle;
  varying vec3 vFace;
  float gGloss;
  float gWash;
  vec3 gGlow;

  // 1 inside a band of a repeating pattern, smooth at its edges, fading to its mean where it is too fine to see
  float band(float at, float period, float width) {
    float f = fwidth(at) / period;
    float p = abs(fract(at / period) - 0.5) * 2.0;
    float w = width / period;
    float b = smoothstep(w + f * 2.0, w - f * 2.0, p);
    return mix(b, w, smoothstep(0.25, 0.7, f));
  }

  float isLit(vec2 cell, float share) {
    float h = hash21(cell + 7.3);
    return step(1.0 - share * uNight, h) * (0.55 + 0.45 * hash21(cell + 1.7));
  }

  vec3 lampColour(vec2 cell) {
    return mix(vec3(1.0, 0.72, 0.38), vec3(0.95, 0.88, 0.72), hash21(cell + 3.1));
  }

  // windows in a wall: returns how much of this place is glass; cell is which window
  float windows(vec2 uv, vec2 period, vec2 size, out vec2 cell) {
    cell = floor(uv / period);
    return band(uv.x, period.x, size.x) * band(uv.y, period.y, size.y);
  }
`;

const SURFACE = /* glsl */ `
  gGloss = 0.0;
  gGlow = vec3(0.0);
  int st = int(vStyle + 0.5);
  gWash = (st == 1 || (st >= 4 && st <= 9)) ? 0.75 : st == 0 ? 0.55 : 0.0;
  vec2 uv = vUvM;
  vec2 cell;
  vec3 base = diffuseColor.rgb;
  float grain = 0.5;
  if (uFine > 0.5) grain = noise21(uv * 1.7) * 0.5 + noise21(uv * 0.31) * 0.5;
  bool upright = abs(vFace.y) < 0.5;
  if (st == 0) {
    diffuseColor.rgb = base * (0.95 + 0.1 * grain);
  } else if (st == 1) {
    float rib = band(uv.x, 0.62, 0.26);
    float course = band(uv.y, 0.5, 0.06);
    diffuseColor.rgb = base * (0.82 + 0.34 * rib - 0.12 * course + 0.1 * (grain - 0.5));
  } else if (st == 2 || st == 10) {
    vec2 period = st == 2 ? vec2(2.1, 3.6) : vec2(1.9, 2.2);
    float w = windows(uv, period, period - vec2(0.14, st == 2 ? 0.42 : 0.2), cell);
    float tone = hash21(cell) * 0.16;
    vec3 glass = base * (0.62 + tone);
    diffuseColor.rgb = mix(base * 1.12 + 0.06, glass, w);
    gGloss = w * 0.75;
    // an office is lit over some panes of a floor at once, brighter under its ceiling
    vec2 office = vec2(floor(cell.x / 4.0 + hash21(vec2(cell.y, 5.0)) * 4.0), cell.y);
    float under = 0.55 + 0.45 * fract(uv.y / period.y);
    // and lobbies and shops at the street all evening
    float lit = max(isLit(office, 0.24), st == 2 && vPlace.y < 3.5 ? uNight * (0.6 + 0.25 * hash21(office)) : 0.0);
    gGlow = w * lampColour(office) * lit * under * (0.72 + 0.3 * hash21(cell));
    // from a lit room one sees out of no mirror
    gGloss *= 1.0 - 0.85 * lit;
  } else if (st == 3) {
    float w = windows(uv - vec2(0.0, 0.5), vec2(2.6, 3.4), vec2(1.7, 1.9), cell);
    float sill = band(uv.y - 0.5 + 1.04, 3.4, 0.14) * band(uv.x, 2.6, 2.0);
    diffuseColor.rgb = mix(base * (0.94 + 0.1 * grain) * (1.0 + 0.14 * sill), vec3(0.24, 0.31, 0.36) * (0.8 + hash21(cell) * 0.5), w);
    gGloss = w * 0.5;
    gGlow = w * lampColour(cell) * isLit(cell, 0.38) * 0.9;
  } else if (st == 4) {
    float row = floor(uv.y / 0.24);
    float mortar = max(band(uv.y, 0.24, 0.03), band(uv.x + 0.3 * mod(row, 2.0), 0.6, 0.03));
    vec3 brick = base * (0.84 + 0.3 * hash21(vec2(floor((uv.x + 0.3 * mod(row, 2.0)) / 0.6), row)));
    vec3 wall = mix(brick, base * 1.35, mortar * 0.55);
    // sashes painted white, a lintel of pale stone over them and a sill beneath
    vec2 w0 = uv - vec2(0.0, 0.6);
    float open_ = windows(w0, vec2(3.4, 3.8), vec2(1.5, 2.1), cell);
    float stone = windows(w0, vec2(3.4, 3.8), vec2(2.0, 2.62), cell) * (1.0 - windows(w0, vec2(3.4, 3.8), vec2(2.0, 2.1), cell));
    float sash = max(open_ - windows(w0, vec2(3.4, 3.8), vec2(1.32, 1.92), cell), 0.0);
    sash = max(sash, open_ * max(band(w0.x, 3.4, 0.09), max(band(w0.y, 3.8, 0.08), band(w0.y - 0.55, 3.8, 0.06))));
    float w = open_ - sash;
    wall = mix(wall, vec3(0.8, 0.75, 0.66), stone);
    wall = mix(wall, vec3(0.86, 0.84, 0.78), sash);
    diffuseColor.rgb = mix(wall, vec3(0.26, 0.31, 0.34), max(w, 0.0));
    gGloss = max(w, 0.0) * 0.4;
    gGlow = max(w, 0.0) * lampColour(cell) * isLit(cell, 0.5) * 0.9;
  } else if (st == 5) {
    float row = floor(uv.y / 0.62);
    float joint = max(band(uv.y, 0.62, 0.035), band(uv.x + 0.7 * mod(row, 2.0), 1.4, 0.035));
    float tone = hash21(vec2(floor((uv.x + 0.7 * mod(row, 2.0)) / 1.4), row));
    diffuseColor.rgb = base * (0.9 + 0.16 * tone) * (1.0 - 0.28 * joint);
  } else if (st == 6) {
    float row = floor(uv.y / 0.7);
    float joint = band(uv.y, 0.7, 0.04);
    vec3 wall = base * (0.92 + 0.1 * grain) * (1.0 - 0.16 * joint);
    vec2 w0 = uv - vec2(0.0, 0.35);
    float w = windows(w0, vec2(3.6, 4.4), vec2(1.5, 2.7), cell);
    float frame = windows(w0, vec2(3.6, 4.4), vec2(1.95, 3.1), cell) - w;
    float cross = max(band(uv.x, 3.6, 0.09), band(uv.y, 1.1, 0.07)) * w;
    diffuseColor.rgb = mix(wall, base * 1.1, max(frame, 0.0));
    diffuseColor.rgb = mix(diffuseColor.rgb, vec3(0.22, 0.27, 0.31), w);
    diffuseColor.rgb = mix(diffuseColor.rgb, base * 0.9, cross);
    gGloss = (w - cross) * 0.4;
    gGlow = max(w - cross, 0.0) * lampColour(cell) * isLit(cell, 0.6) * 0.8;
  } else if (st == 7) {
    // pillars and beams, white walls, lattice doors of paper that glow at night
    float pillar = band(uv.x, 2.7, 0.34);
    float beam = max(band(uv.y - 1.25 + 1.35, 2.7, 0.2), step(uv.y, 0.22));
    float bay = floor(uv.x / 2.7 + 0.5);
    float isDoor = step(0.35, hash21(vec2(bay, 4.0))) * step(uv.y, 2.45) * step(0.22, uv.y);
    float fine = max(band(uv.x, 0.3, 0.045), band(uv.y, 0.3, 0.045));
    vec3 paper = mix(vec3(0.93, 0.89, 0.79), vec3(0.42, 0.29, 0.2), fine * 0.85);
    vec3 wall = mix(vec3(0.94, 0.91, 0.84) * (0.94 + 0.08 * grain), paper, isDoor);
    diffuseColor.rgb = mix(wall, base * (0.85 + 0.2 * grain), max(pillar, beam));
    gGlow = vec3(1.0, 0.66, 0.32) * isDoor * (1.0 - fine * 0.8) * (1.0 - max(pillar, beam)) * uNight * 0.8 * step(0.3, hash21(vec2(bay, 9.0)));
  } else if (st == 8) {
    // dancheong: green ground, red, ochre and blue in turn, seen as a rich band from afar
    float k = fract(uv.x / 1.35);
    float ring1 = abs(k - 0.5) * 2.0;
    vec3 teal = vec3(0.16, 0.42, 0.37), red = vec3(0.62, 0.2, 0.15), gold = vec3(0.85, 0.66, 0.3), blue = vec3(0.2, 0.32, 0.55);
    vec3 c = mix(teal, gold, smoothstep(0.72, 0.78, ring1));
    c = mix(c, blue, smoothstep(0.3, 0.24, ring1));
    c = mix(c, red, smoothstep(0.14, 0.08, ring1));
    c = mix(c, vec3(0.9, 0.87, 0.78), band(uv.y, 0.6, 0.05) * 0.7);
    diffuseColor.rgb = mix(c, teal * 1.15, smoothstep(0.2, 0.9, fwidth(uv.x)));
  } else if (st == 9) {
    float row = floor(uv.y / 1.5);
    vec2 p = vec2(uv.x + 1.1 * mod(row, 2.0), uv.y);
    float joint = max(band(p.x, 2.2, 0.05), band(p.y, 1.5, 0.05));
    float tone = hash21(floor(p / vec2(2.2, 1.5)));
    diffuseColor.rgb = base * (0.84 + 0.16 * tone) * (1.0 - 0.25 * joint);
    gGloss = 0.55;
    vec2 dot2 = fract(p / vec2(2.2, 1.5)) - 0.5;
    float wink = step(0.72, hash21(floor(p / vec2(2.2, 1.5)) + floor(uTime * 0.6 + tone * 7.0)));
    gGlow = vec3(0.75, 0.85, 1.0) * smoothstep(0.12, 0.05, length(dot2 * vec2(1.4, 1.0))) * uNight * wink * 1.6;
  } else if (st == 11) {
    float leaf = 0.6;
    // a crown right before the eye would be all that one sees
    float open_ = smoothstep(5.0, 11.0, length(vPlace - cameraPosition));
    if (uSeeThrough > 0.5 && open_ <= fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))))) discard;
    if (uFine > 0.5) leaf = noise21(vPlace.xz * 0.35) * 0.5 + noise21(vPlace.xz * 1.3 + vPlace.y) * 0.5;
    diffuseColor.rgb = base * (0.72 + 0.5 * leaf);
  } else if (st == 12) {
    float line = 0.0;
    for (int i = 0; i < 4; i++) {
      float fi = float(i);
      float y = 1.2 + fi * 1.5 + 0.6 * sin(uv.x * (0.12 + 0.03 * fi) + fi * 2.0);
      line += smoothstep(0.14, 0.05, abs(uv.y - y)) * (0.6 + 0.4 * step(0.93, fract(uv.x * 0.09 + fi * 0.37 - uTime * 0.03)));
    }
    diffuseColor.rgb = vec3(0.05, 0.09, 0.13);
    gGlow = vec3(0.04, 0.09, 0.12) + vec3(0.25, 0.85, 0.75) * line * 0.8;
  } else if (st == 13) {
    float shelf = band(uv.y + 0.2, 0.42, 0.05);
    float book = hash21(vec2(floor(uv.x / 0.09), floor(uv.y / 0.42)));
    vec3 cover = mix(vec3(0.62, 0.3, 0.22), mix(vec3(0.25, 0.4, 0.42), vec3(0.8, 0.68, 0.42), hash21(vec2(book, 2.0))), book);
    diffuseColor.rgb = upright ? mix(cover * (0.7 + 0.3 * hash21(vec2(book, 5.0))), base, shelf) : base;
  } else if (st == 14) {
    diffuseColor.rgb = mix(base, vec3(0.95, 0.92, 0.86), band(uv.x, 1.2, 0.6));
  } else if (st == 15) {
    vec2 p = vPlace.xz;
    float row = floor(p.y / 1.1);
    float joint = max(band(p.y, 1.1, 0.05), band(p.x + 0.7 * mod(row, 2.0), 1.5, 0.05));
    diffuseColor.rgb = base * (0.93 + 0.1 * hash21(vec2(floor((p.x + 0.7 * mod(row, 2.0)) / 1.5), row))) * (1.0 - 0.2 * joint);
  }
  else if (st == 16) {
    // squares of two tones, with a thread between them
    vec2 square = floor(uv / 1.5);
    float tone = mod(square.x + square.y, 2.0) * 0.075 + (hash21(square) - 0.5) * 0.035;
    float thread = max(band(uv.x, 1.5, 0.03), band(uv.y, 1.5, 0.03));
    diffuseColor.rgb = base * (0.93 + tone + 0.05 * (grain - 0.5)) * (1.0 - 0.1 * thread);
  } else if (st == 17) {
    float row = floor(uv.y / 0.3);
    float along = uv.x + hash21(vec2(row, 3.0)) * 2.4;
    float tone = hash21(vec2(floor(along / 2.4), row)) - 0.5;
    float joint = max(band(uv.y, 0.3, 0.018), band(along, 2.4, 0.02));
    tone *= 1.0 - smoothstep(0.2, 0.9, fwidth(uv.y) / 0.3);
    diffuseColor.rgb = base * (0.97 + 0.2 * tone) * (1.0 - 0.2 * joint);
    gGloss = 0.16;
  }
  totalEmissiveRadiance += gGlow;
`;

const GLOSS = /* glsl */ `
  {
    if (gGloss > 0.01) {
      vec3 seen = normalize(vPlace - cameraPosition);
      vec3 n = gl_FrontFacing ? vFace : -vFace;
      float grazing = pow(1.0 - clamp(dot(-seen, n), 0.0, 1.0), 3.0);
      vec3 mirrored = reflect(seen, n);
      vec3 sky = skyAt(vec3(mirrored.x, max(mirrored.y, 0.02), mirrored.z));
      // what stands across the street, where nothing of the sky is mirrored
      sky *= mix(0.45, 1.0, smoothstep(-0.25, 0.2, mirrored.y));
      outgoingLight = mix(outgoingLight, sky, gGloss * (0.22 + 0.6 * grazing));
    }
    // the foot of what stands is darker than its top: light that never gets there
    if (abs(vFace.y) < 0.6) outgoingLight *= mix(0.78, 1.0, smoothstep(0.0, 2.5, vPlace.y));
    // by night lamps in the ground wash what is worth seeing: stone and brick, wood and the eaves over it, silver panels
    if (uNight > 0.01 && gWash > 0.0) {
      float under = 1.0 - clamp((gl_FrontFacing ? vFace.y : -vFace.y) + 0.2, 0.0, 1.0);
      bool isSilver = int(vStyle + 0.5) == 9;
      vec3 wash = isSilver ? vec3(0.72, 0.8, 1.0) : vec3(1.0, 0.7, 0.4);
      float reach = isSilver ? 14.0 : 9.0;
      outgoingLight += diffuseColor.rgb * wash * exp(-max(vPlace.y, 0.0) / reach) * under * gWash * uNight;
    }
  }
`;

/** For geometry made by Clay; `sway` may move its vertices. */
export function surface(name = "surface", sway = ""): MeshLambertMaterial {
  const material = new MeshLambertMaterial({ vertexColors: true, side: DoubleSide });
  return weave(material, name, {
    vertexHead: `uniform float uTime;${HEAD_V}`,
    vertexBody: BODY_V + sway,
    fragmentHead: HEAD_F,
    surface: SURFACE,
    gloss: GLOSS,
    opens: true,
  });
}
