// What every material of the scene shares: the sky's light, the night, the air between, and seeing oneself through walls.
import { Color, type Material, Vector3, Vector4, type WebGLProgramParametersWithUniforms } from "three";

/** One set of uniforms for the whole scene; changed in place. */
export const shared = {
  uTime: { value: 0 },
  uNight: { value: 0 },
  uZenith: { value: new Color() },
  uHorizon: { value: new Color() },
  uSunColor: { value: new Color() },
  uSunDir: { value: new Vector3(0, 1, 0) },
  uSelf: { value: new Vector3() },
  uSeeThrough: { value: 1 },
  uAir: { value: 0.0013 },
  /** The house one is in, (x0, z0, x1, z1): its roof is off, and its lamps are on. */
  uHouse: { value: new Vector4() },
  /** 1 where surfaces are drawn with all that is on them, 0 where only with their colour. */
  uFine: { value: 1 },
};

export const SKY_GLSL = /* glsl */ `
  uniform float uTime, uNight, uAir, uSeeThrough, uFine;
  uniform vec3 uZenith, uHorizon, uSunColor, uSunDir, uSelf;
  uniform vec4 uHouse;
  vec3 skyAt(vec3 d) {
    float h = clamp(d.y, 0.0, 1.0);
    vec3 c = mix(uHorizon, uZenith, pow(h, 0.5));
    float s = max(dot(d, uSunDir), 0.0);
    float low = 1.0 - clamp(uSunDir.y * 2.0, 0.0, 1.0);
    c += uSunColor * (pow(s, 6.0) * 0.16 * (0.4 + low) + pow(s, 60.0) * 0.22) * (1.0 - uNight * 0.85);
    return c;
  }
  float hash21(vec2 p) {
    p = fract(p * vec2(123.34, 345.45));
    p += dot(p, p + 34.345);
    return fract(p.x * p.y);
  }
  float noise21(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash21(i), hash21(i + vec2(1, 0)), f.x), mix(hash21(i + vec2(0, 1)), hash21(i + vec2(1, 1)), f.x), f.y);
  }
`;

const AIR_GLSL = /* glsl */ `
  {
    vec3 away = vPlace - cameraPosition;
    float far = length(away);
    float air = 1.0 - exp(-pow(far * uAir, 1.6));
    vec3 d = away / max(far, 0.001);
    vec3 haze = uHorizon;
    if (uFine > 0.5) haze = skyAt(vec3(d.x, max(d.y, 0.0) * 0.6, d.z));
    outgoingLight = mix(outgoingLight, haze, air);
  }
`;

/** Within the house lamps light all alike, so that it is soft by day and warm by night. */
const LAMPS_GLSL = /* glsl */ `
  {
    vec2 low = smoothstep(uHouse.xy - 0.3, uHouse.xy + 0.1, vPlace.xz);
    vec2 high = smoothstep(uHouse.zw + 0.3, uHouse.zw - 0.1, vPlace.xz);
    float within = low.x * low.y * high.x * high.y * step(vPlace.y, 9.0);
    vec3 lamps = diffuseColor.rgb * mix(vec3(0.98, 0.95, 0.9), vec3(1.0, 0.84, 0.63), uNight);
    outgoingLight = mix(outgoingLight, lamps + totalEmissiveRadiance, within * mix(0.4, 0.86, uNight));
  }
`;

const SEE_THROUGH_GLSL = /* glsl */ `
  if (uSeeThrough > 0.5) {
    vec3 toSelf = uSelf - cameraPosition;
    float reach = length(toSelf);
    vec3 dir = toSelf / max(reach, 0.001);
    vec3 p = vPlace - cameraPosition;
    float along = dot(p, dir);
    // what is right before the eye opens too
    float keep = smoothstep(2.0, 5.0, length(p));
    if (along > 0.0 && along < reach - 0.7) {
      float off = length(p - dir * along);
      keep = min(keep, smoothstep(0.55, 1.25, off / (0.55 + 0.55 * along / reach)));
    }
    float grain = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    if (keep < 0.99 && keep <= grain) discard;
  }
`;

export interface Weave {
  /** GLSL before main() of the vertex shader. */
  vertexHead?: string;
  /** Where the normal is known; may change objectNormal. */
  vertexNormal?: string;
  /** After `transformed` is known; may change it. */
  vertexBody?: string;
  /** GLSL before main() of the fragment shader. */
  fragmentHead?: string;
  /** May change diffuseColor and totalEmissiveRadiance; knows vPlace. */
  surface?: string;
  /** May change outgoingLight after the lights. */
  gloss?: string;
  /** Opens to the citizen who stands behind it. */
  opens?: boolean;
  uniforms?: Record<string, { value: unknown }>;
}

/** Gives one of three's lit materials the scene's air and sky, and what else is asked for. */
export function weave<M extends Material>(material: M, name: string, parts: Weave = {}): M {
  material.customProgramCacheKey = () => name;
  material.onBeforeCompile = (shader: WebGLProgramParametersWithUniforms) => {
    Object.assign(shader.uniforms, shared, parts.uniforms);
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", `#include <common>\nvarying vec3 vPlace;\n${parts.vertexHead ?? ""}`)
      .replace("#include <beginnormal_vertex>", `#include <beginnormal_vertex>\n${parts.vertexNormal ?? ""}`)
      .replace(
        "#include <project_vertex>",
        `${parts.vertexBody ?? ""}
        vec4 placed = vec4(transformed, 1.0);
        #ifdef USE_INSTANCING
          placed = instanceMatrix * placed;
        #endif
        vPlace = (modelMatrix * placed).xyz;
        #include <project_vertex>`,
      );
    shader.fragmentShader = shader.fragmentShader
      .replace(
        "#include <common>",
        `#include <common>\nvarying vec3 vPlace;\n${SKY_GLSL}\n${parts.fragmentHead ?? ""}`,
      )
      .replace(
        "#include <color_fragment>",
        `#include <color_fragment>\n${parts.opens ? SEE_THROUGH_GLSL : ""}\n${parts.surface ?? ""}`,
      )
      .replace(
        "#include <opaque_fragment>",
        `${parts.gloss ?? ""}\n${LAMPS_GLSL}\n${AIR_GLSL}\n#include <opaque_fragment>`,
      );
  };
  return material;
}
