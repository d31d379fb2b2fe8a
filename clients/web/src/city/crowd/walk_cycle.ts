// How bodies move, in the vertex shader: walking, running, sitting, waving, clapping, dancing; and how they are dressed.
import { MeshDepthMaterial, MeshLambertMaterial, RGBADepthPacking } from "three";
import { shared, weave } from "../scene/shading";

const HEAD = /* glsl */ `
  uniform float uTime;
  attribute vec3 kind;      // part, paint, wear
  attribute vec4 iPlace;    // x, y, z, yaw
  attribute vec4 iState;    // stance, phase of the step, speed, how far faded
  attribute vec4 iLook;     // top colour, wear bits + seed
  vec3 gNormal;
  vec3 gAt;

  vec3 about(vec3 p, vec3 pivot, float angle, int axis) {
    float s = sin(angle), c = cos(angle);
    vec3 q = p - pivot;
    if (axis == 0) q.yz = mat2(c, s, -s, c) * q.yz;
    else if (axis == 1) q.xz = mat2(c, -s, s, c) * q.xz;
    else q.xy = mat2(c, s, -s, c) * q.xy;
    return q + pivot;
  }

  // the same turn for place and normal
  void turn(vec3 pivot, float angle, int axis) {
    gAt = about(gAt, pivot, angle, axis);
    gNormal = about(gNormal, vec3(0.0), angle, axis);
  }

  void pose(vec3 at, vec3 n) {
    gAt = at;
    gNormal = n;
    int part = int(kind.x + 0.5), wear = int(kind.z + 0.5);
    float seed = fract(iLook.w);
    int bits = int(floor(iLook.w));
    if (wear > 0 && (bits >> (wear - 1) & 1) == 0) { gAt = vec3(0.0); return; }
    bool chair = (bits >> 9 & 1) == 1;
    bool robed = (bits >> 2 & 1) == 1;
    int stance = int(iState.x + 0.5);
    float t = uTime * (0.9 + 0.2 * seed) + seed * 40.0;
    float pace = clamp(iState.z / 1.4, 0.0, 1.0);
    float haste = clamp((iState.z - 2.0) / 4.0, 0.0, 1.0);
    float step_ = iState.y;
    bool sits = stance == 3 || chair;
    bool right = part == 2 || part == 4;
    float way = right ? -1.0 : 1.0; // who looks along +z has the right hand at -x
    float swing = sin(step_ + (right ? 3.14159 : 0.0));
    float reach = pace * (0.46 + 0.46 * haste);

    if (part == 1 || part == 2) {
      float hip = sits ? -1.45 : -swing * reach;
      float knee = sits ? 1.45 : max(0.0, cos(step_ + (right ? 3.14159 : 0.0))) * reach * 1.25 + 0.04 * pace;
      if (stance == 7) { hip = sin(t * 5.0 + way) * 0.35; knee = 0.35; }
      if (at.y < 0.42) turn(vec3(way * 0.1, 0.41, 0.0), knee, 0);
      turn(vec3(way * 0.1, 0.78, 0.0), hip, 0);
    } else if (part == 3 || part == 4) {
      vec3 shoulder = vec3(way * 0.22, 1.2, 0.0);
      float fore = swing * reach * 0.85 - haste * 0.35;
      float out_ = 0.07 + 0.02 * sin(t * 1.3);
      if (sits) { fore = -0.75; out_ = 0.05; }
      if (stance == 4 && right) { fore = -2.95; out_ = 0.1; }
      if (stance == 5 && right) { fore = 0.0; out_ = 2.5 + 0.32 * sin(t * 8.0); }
      if (stance == 6) { fore = -1.25; out_ = -0.28 + 0.26 * abs(sin(t * 7.0)); }
      if (stance == 7) { fore = -1.2 + 0.9 * sin(t * 5.0 + way * 1.6); out_ = 0.7 + 0.5 * sin(t * 2.5 + way); }
      if (stance == 8) { fore = -2.7; out_ = 0.15; }
      turn(shoulder, fore, 0);
      turn(shoulder, way * out_, 2);
    } else if (part == 5) {
      // a little larger than life, so that faces are met
      gAt = vec3(0.0, 1.33, 0.0) + (gAt - vec3(0.0, 1.33, 0.0)) * 1.15;
      turn(vec3(0.0, 1.34, 0.0), sin(t * 0.7) * 0.16 * (1.0 - pace), 1);
      turn(vec3(0.0, 1.34, 0.0), sin(t * 0.9 + 2.0) * 0.035 + (stance == 7 ? sin(t * 10.0) * 0.08 : 0.0), 0);
    }
    // breathing, the bob of a step, leaning into a run
    float breath = sin(t * 1.6) * 0.004;
    if (part != 1 && part != 2) {
      gAt.y += breath + abs(sin(step_)) * 0.03 * pace * (sits ? 0.0 : 1.0);
      if (!sits) turn(vec3(0.0, 0.78, 0.0), haste * 0.22 + pace * 0.03, 0);
    }
    if (robed && part == 0 && at.y < 1.0) gAt.xz *= 1.0 + 0.05 * sin(step_ * 2.0 + at.y * 6.0) * pace;
    if (sits && part != 0) gAt.y -= chair ? 0.32 : 0.36;
    else if (sits && wear != 10) gAt.y -= chair ? 0.32 : 0.36;
    if (robed && sits && part == 0 && at.y < 1.0) { gAt.y = max(gAt.y, 0.03); gAt.xz *= 1.25; }
    if (stance == 7) { gAt.y += abs(sin(t * 5.0)) * 0.07; turn(vec3(0.0), sin(t * 2.5) * 0.35, 1); }
    if (stance == 8) { turn(vec3(0.0, 0.9, 0.0), 1.0, 0); gAt.y += 0.5 + 0.12 * sin(t * 2.0); }
    float size = 0.94 + 0.13 * fract(seed * 7.13);
    gAt *= size;
    float s = sin(iPlace.w), c = cos(iPlace.w);
    gAt = vec3(c * gAt.x + s * gAt.z, gAt.y, -s * gAt.x + c * gAt.z) + iPlace.xyz;
    gNormal = vec3(c * gNormal.x + s * gNormal.z, gNormal.y, -s * gNormal.x + c * gNormal.z);
  }
`;

const PAINT_V = /* glsl */ `
  {
    float seed = fract(iLook.w);
    int bits = int(floor(iLook.w));
    int paint = int(kind.y + 0.5);
    float h1 = fract(seed * 13.7), h2 = fract(seed * 37.1), h3 = fract(seed * 91.7);
    vec3 skin = mix(vec3(0.93, 0.76, 0.63), vec3(0.72, 0.5, 0.36), h1 * h1 * h1);
    vec3 hair = h2 < 0.6 ? vec3(0.1, 0.085, 0.08) : h2 < 0.82 ? vec3(0.23, 0.15, 0.1) : h2 < 0.93 ? vec3(0.42, 0.4, 0.39) : vec3(0.5, 0.3, 0.17);
    vec3 bottom = h3 < 0.25 ? vec3(0.16, 0.2, 0.3) : h3 < 0.45 ? vec3(0.24, 0.23, 0.22) : h3 < 0.62 ? vec3(0.55, 0.48, 0.38)
      : h3 < 0.8 ? vec3(0.3, 0.34, 0.3) : vec3(0.42, 0.24, 0.22);
    if ((bits >> 2 & 1) == 1) bottom = h3 < 0.3 ? vec3(0.72, 0.24, 0.26) : h3 < 0.55 ? vec3(0.2, 0.32, 0.5) : h3 < 0.8 ? vec3(0.86, 0.6, 0.6) : vec3(0.34, 0.24, 0.4);
    vec3 c = skin;
    if (paint == 1) c = iLook.rgb;
    else if (paint == 2) c = bottom;
    else if (paint == 3) c = hair;
    else if (paint == 4) c = h1 < 0.5 ? vec3(0.86, 0.84, 0.8) : vec3(0.16, 0.14, 0.14);
    else if (paint == 5) c = vec3(0.95, 0.93, 0.88);
    else if (paint == 6) c = vec3(0.09, 0.085, 0.09);
    vPaint = c;
    vFade = iState.w;
  }
`;

/** The material of a crowd. */
export function bodies(): MeshLambertMaterial {
  return weave(new MeshLambertMaterial(), "bodies", {
    vertexHead: `${HEAD}\nvarying vec3 vPaint;\nvarying float vFade;`,
    vertexNormal: "pose(position, normal); objectNormal = gNormal;",
    vertexBody: `transformed = gAt; ${PAINT_V}`,
    fragmentHead: "varying vec3 vPaint; varying float vFade;",
    surface: /* glsl */ `
      // whom one blocked, and who comes too near, is there and hardly seen
      if (vFade > fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))))) discard;
      diffuseColor.rgb = vPaint * vPaint * 0.35 + vPaint * 0.65;`,
    gloss: /* glsl */ `
      // a rim of sky, so that bodies stand out from what is behind them
      vec3 seen = normalize(vPlace - cameraPosition);
      outgoingLight += uHorizon * 0.1 * (1.0 - uNight * 0.6) * pow(1.0 - abs(dot(normalize(cross(dFdx(vPlace), dFdy(vPlace))), seen)), 2.0);
      outgoingLight += vPaint * uNight * 0.1;
    `,
  });
}

/** The same bodies as the sun sees them. */
export function shadowBodies(): MeshDepthMaterial {
  const material = new MeshDepthMaterial({ depthPacking: RGBADepthPacking });
  material.customProgramCacheKey = () => "bodies' shadows";
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, shared);
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", `#include <common>\n${HEAD}`)
      .replace("#include <begin_vertex>", "pose(position, vec3(0.0, 1.0, 0.0)); vec3 transformed = gAt;");
  };
  return material;
}
