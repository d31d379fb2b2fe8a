// The sky over the city: its colours by the sun, drifting clouds, stars and a moon; and the light that falls from it.
import {
  BackSide,
  DirectionalLight,
  Group,
  HemisphereLight,
  Mesh,
  ShaderMaterial,
  SphereGeometry,
  Vector3,
} from "three";
import { hour } from "./palette";
import { SKY_GLSL, shared } from "./shading";
import { sunAt } from "./sun";

/** Half the side of the ground on which shadows are cast, around the citizen. */
const SHADOW_M = 46;

const DOME_V = /* glsl */ `
  varying vec3 vDir;
  void main() {
    vDir = position;
    vec4 at = projectionMatrix * mat4(mat3(modelViewMatrix)) * vec4(position, 1.0);
    gl_Position = at.xyww;
  }
`;

const DOME_F = /* glsl */ `
  ${SKY_GLSL}
  varying vec3 vDir;
  float fbm(vec2 p) {
    float sum = 0.0, weight = 0.5;
    for (int i = 0; i < 4; i++) {
      sum += noise21(p) * weight;
      p = p * 2.03 + 11.3;
      weight *= 0.5;
    }
    return sum;
  }
  void main() {
    vec3 d = normalize(vDir);
    vec3 c = skyAt(d);
    if (d.y > 0.0 && uFine > 0.5) {
      vec2 p = d.xz / (d.y + 0.16) * 0.9 + uTime * 0.0035;
      float cloud = smoothstep(0.5, 0.82, fbm(p * 1.5)) * smoothstep(0.02, 0.22, d.y);
      float rim = fbm(p * 1.5 + uSunDir.xz * 0.18);
      vec3 lit = mix(uHorizon * 1.06, vec3(1.0, 0.98, 0.95), 0.55) * (1.0 - uNight * 0.8) + uSunColor * 0.12;
      c = mix(c, mix(lit, uHorizon * 0.82, rim * 0.5), cloud * 0.62);
      vec2 high = d.xz / (d.y + 0.4) * 130.0;
      vec2 cell = floor(high);
      float star = step(0.9965, hash21(cell)) * smoothstep(0.24, 0.06, length(fract(high) - 0.5)) * smoothstep(0.7, 1.0, uNight) * (0.5 + 0.5 * sin(uTime * 1.5 + hash21(cell + 3.0) * 40.0));
      c += vec3(0.9, 0.93, 1.0) * star * uNight * smoothstep(0.05, 0.4, d.y) * (1.0 - cloud);
      float moon = dot(d, normalize(vec3(-uSunDir.x, max(0.38, -uSunDir.y), -uSunDir.z)));
      c += vec3(1.0, 0.96, 0.86) * (smoothstep(0.9992, 0.99945, moon) * 0.9 + pow(max(moon, 0.0), 700.0) * 0.25) * uNight;
    }
    float sun = dot(d, uSunDir);
    c += uSunColor * smoothstep(0.9994, 0.9998, sun) * 2.2 * step(-0.04, uSunDir.y);
    gl_FragColor = vec4(c, 1.0);
    #include <tonemapping_fragment>
    #include <colorspace_fragment>
  }
`;

export class Sky {
  readonly group = new Group();
  readonly sun = new DirectionalLight("#ffffff", 2.4);
  private readonly dome: Mesh;
  private readonly light = new HemisphereLight("#ffffff", "#888888", 1.2);
  private readonly towards = new Vector3();

  constructor() {
    this.dome = new Mesh(
      new SphereGeometry(1, 32, 16),
      new ShaderMaterial({
        vertexShader: DOME_V,
        fragmentShader: DOME_F,
        uniforms: shared,
        side: BackSide,
        depthWrite: false,
        depthTest: false,
      }),
    );
    this.dome.renderOrder = -10;
    this.dome.frustumCulled = false;
    this.sun.castShadow = true;
    const { shadow } = this.sun;
    shadow.mapSize.set(2048, 2048);
    shadow.camera.left = shadow.camera.bottom = -SHADOW_M;
    shadow.camera.right = shadow.camera.top = SHADOW_M;
    shadow.camera.near = 1;
    shadow.camera.far = 420;
    shadow.bias = -0.0006;
    shadow.normalBias = 0.05;
    this.group.add(this.dome, this.light, this.sun, this.sun.target);
  }

  /** The light of a moment (ms since the epoch) over a place on earth. */
  shine(ms: number, lat: number, lon: number): void {
    const { altitude, azimuth } = sunAt(ms, lat, lon);
    const colours = hour(altitude);
    const rise = (altitude * Math.PI) / 180;
    const turn = (azimuth * Math.PI) / 180;
    shared.uSunDir.value.set(
      Math.sin(turn) * Math.cos(rise),
      Math.sin(rise),
      -Math.cos(turn) * Math.cos(rise),
    );
    shared.uZenith.value.copy(colours.zenith);
    shared.uHorizon.value.copy(colours.horizon);
    shared.uSunColor.value.copy(colours.sun);
    shared.uNight.value = colours.night;
    this.light.color.copy(colours.sky);
    this.light.groundColor.copy(colours.ground);
    this.light.intensity = 2.35 - 0.25 * colours.night;
    this.sun.color.copy(colours.sun);
    this.sun.intensity = 2.5 * (1 - colours.night) + 1.1 * colours.night;
    // by night the moon lights, from the other side; and never from so low that all is shadow
    const night = altitude < -3;
    this.towards.copy(shared.uSunDir.value);
    if (night) this.towards.set(-this.towards.x, 0.55, -this.towards.z);
    this.towards.y = Math.max(this.towards.y, 0.24);
    this.towards.normalize();
  }

  /** Shadows are cast around this place, by steps so that they do not swim. */
  follow(x: number, z: number): void {
    const step = (SHADOW_M * 2) / 64;
    const at = new Vector3(Math.round(x / step) * step, 0, Math.round(z / step) * step);
    this.sun.target.position.copy(at);
    this.sun.position.copy(at).addScaledVector(this.towards, 200);
  }
}
