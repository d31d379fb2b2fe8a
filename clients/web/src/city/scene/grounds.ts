// What one walks on: all grounds of a plan in one mesh, painted in their order; lawns, stones, roads and water by the shader.
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  Mesh,
  MeshLambertMaterial,
  ShapeUtils,
  Vector2,
} from "three";
import type { District, GroundKind, Outline } from "../plan";
import { GROUND } from "./palette";
import { weave } from "./shading";

const KINDS: GroundKind[] = [
  "flowers",
  "lawn",
  "path",
  "paving",
  "road",
  "sand",
  "soil",
  "stone",
  "water",
  "wood",
];

/** How far the land goes on beyond the district, metres. */
const BEYOND_M = 1400;

const SURFACE = /* glsl */ `
  vec3 base = diffuseColor.rgb;
  vec2 p = vPlace.xz;
  int kind = int(vKind + 0.5);
  gWater = kind == 8 ? uFine : 0.0;
  vec3 c = base * 0.96;
  if (uFine > 0.5) {
  float far = length(vPlace - cameraPosition);
  float fine = 1.0 - smoothstep(30.0, 90.0, far);
  float broad = noise21(p * 0.045) * 0.6 + noise21(p * 0.16) * 0.4;
  float grain = noise21(p * 2.3) * 0.6 + noise21(p * 7.1) * 0.4;
  c = base * (0.92 + 0.16 * broad);
  if (kind == 0) {
    float f = noise21(p * 1.9);
    vec2 id = floor(p * 3.0);
    float h = hash21(id);
    float bloom = smoothstep(0.34, 0.2, length(fract(p * 3.0) - 0.5)) * step(0.35, h) * fine;
    vec3 petal = mix(vec3(0.93, 0.55, 0.42), mix(vec3(0.97, 0.83, 0.48), vec3(0.8, 0.52, 0.72), step(0.7, h)), step(0.5, h));
    c = mix(base * (0.8 + 0.3 * f), petal, bloom * 0.85);
    c = mix(c, vec3(0.82, 0.6, 0.5), (1.0 - fine) * 0.35);
  } else if (kind == 1) {
    // turned against each other, or one sees the net that noise is knotted on
    vec2 q = mat2(0.82, -0.57, 0.57, 0.82) * p;
    vec2 r = mat2(0.31, 0.95, -0.95, 0.31) * p;
    float blade = noise21(q * 6.7) * 0.55 + noise21(r * 13.1 + noise21(q * 1.7)) * 0.45;
    float stripe = sin((p.x + p.y) * 0.7) * 6.0;
    float mown = clamp(stripe, -1.0, 1.0) * 0.05;
    c = base * (0.82 + 0.2 * broad + mown + (0.22 * blade - 0.11) * fine);
  } else if (kind == 3 || kind == 7) {
    float s = kind == 3 ? 0.9 : 1.8;
    vec2 q = kind == 3 ? p : vec2(p.x + 0.9 * mod(floor(p.y / s), 2.0), p.y);
    vec2 edge = abs(fract(q / s) - 0.5) * 2.0;
    vec2 w = fwidth(q / s) * 2.0;
    float joint = max(smoothstep(0.965 - w.x, 0.975, edge.x), smoothstep(0.965 - w.y, 0.975, edge.y)) * fine;
    float tone = hash21(floor(q / s));
    c = base * (0.9 + 0.1 * broad + (tone - 0.5) * 0.09 * (0.35 + 0.65 * fine)) * (1.0 - 0.16 * joint);
  } else if (kind == 4) {
    c = base * (0.9 + 0.12 * grain * fine + 0.06 * broad);
  } else if (kind == 2 || kind == 5 || kind == 6) {
    c = base * (0.88 + 0.14 * broad + (grain - 0.5) * 0.16 * fine);
  } else if (kind == 8) {
    float deep = noise21(p * 0.05 + uTime * 0.02);
    c = base * (0.62 + 0.2 * deep);
  } else if (kind == 9) {
    float board = floor(p.x / 0.35);
    float gap = smoothstep(0.9, 0.97, abs(fract(p.x / 0.35) - 0.5) * 2.0) * fine;
    c = base * (0.86 + 0.2 * hash21(vec2(board, floor(p.y / 3.0)))) * (1.0 - 0.3 * gap);
  } else if (kind == 10) {
    c = base * (0.85 + 0.2 * broad);
  }
  }
  diffuseColor.rgb = c;
`;

const GLOSS = /* glsl */ `
  if (gWater > 0.5) {
    vec2 p = vPlace.xz;
    vec2 slope = vec2(
      noise21(p * 0.9 + vec2(uTime * 0.5, 0.0)) + 0.5 * noise21(p * 2.7 - vec2(0.0, uTime * 0.8)) - 0.75,
      noise21(p * 0.9 + vec2(31.0, uTime * 0.4)) + 0.5 * noise21(p * 2.7 + vec2(uTime * 0.7, 17.0)) - 0.75);
    vec3 n = normalize(vec3(slope.x * 0.11, 1.0, slope.y * 0.11));
    vec3 seen = normalize(vPlace - cameraPosition);
    vec3 mirrored = reflect(seen, n);
    float grazing = 0.06 + 0.94 * pow(1.0 - max(dot(-seen, n), 0.0), 4.0);
    vec3 sky = skyAt(vec3(mirrored.x, max(mirrored.y, 0.03), mirrored.z));
    outgoingLight = mix(outgoingLight, sky, grazing * 0.85);
    outgoingLight += uSunColor * pow(max(dot(mirrored, uSunDir), 0.0), 220.0) * 1.4 * (1.0 - uNight);
  }
`;

export function grounds(district: District): Mesh {
  const positions: number[] = [];
  const colours: number[] = [];
  const kinds: number[] = [];
  const colour = new Color();
  const lay = (outline: Outline, kind: number, tint: string) => {
    colour.set(tint);
    const flat = outline.map(([x, z]) => new Vector2(x, z));
    for (const triangle of ShapeUtils.triangulateShape(flat, []) as [number, number, number][]) {
      const [a, b, c] = triangle.map((i) => outline[i]!) as [Outline[0], Outline[0], Outline[0]];
      const cross = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
      for (const [x, z] of cross < 0 ? [a, b, c] : [a, c, b]) {
        positions.push(x, 0, z);
        colours.push(colour.r, colour.g, colour.b);
        kinds.push(kind);
      }
    }
  };
  const { width, depth } = district;
  const far = BEYOND_M;
  lay(
    [
      [-far, -far],
      [width + far, -far],
      [width + far, depth + far],
      [-far, depth + far],
    ],
    10,
    "#aeb39a",
  );
  lay(
    [
      [-60, -60],
      [width + 60, -60],
      [width + 60, depth + 60],
      [-60, depth + 60],
    ],
    3,
    "#c3bfb2",
  );
  for (const ground of district.grounds) lay(ground.polygon, KINDS.indexOf(ground.kind), GROUND[ground.kind]);

  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(positions), 3));
  geometry.setAttribute("color", new BufferAttribute(new Float32Array(colours), 3));
  geometry.setAttribute("kind", new BufferAttribute(new Float32Array(kinds), 1));
  geometry.setAttribute(
    "normal",
    new BufferAttribute(new Float32Array(positions.map((_, i) => (i % 3 === 1 ? 1 : 0))), 3),
  );
  // Painted one over the other, before all else: so no two grounds quarrel over the same depth.
  const material = weave(
    new MeshLambertMaterial({ vertexColors: true, depthWrite: false, depthTest: false }),
    "ground",
    {
      vertexHead: "attribute float kind; varying float vKind;",
      vertexBody: "vKind = kind;",
      fragmentHead: "varying float vKind; float gWater;",
      surface: SURFACE,
      gloss: GLOSS,
    },
  );
  const mesh = new Mesh(geometry, material);
  mesh.receiveShadow = true;
  mesh.renderOrder = -5;
  mesh.frustumCulled = false;
  return mesh;
}
