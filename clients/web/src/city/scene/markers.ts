// What shows where something begins: red-arrow gates at portals, steles at exhibits, a stage with its lectern and screen.
import {
  AdditiveBlending,
  DoubleSide,
  Group,
  InstancedMesh,
  type Material,
  Matrix4,
  Mesh,
  PlaneGeometry,
  Quaternion,
  ShaderMaterial,
  Vector3,
} from "three";
import type { District, Stage } from "../plan";
import { Clay, ring, Style } from "./clay";
import { METAL, STONE, WOOD } from "./palette";
import { around, boardsOf, isIndoors, type Screen, screenOf } from "./screens";
import { shared } from "./shading";

const RED = "#b5392c";
/** The two sides of a fold. */
const CURTAIN = ["#a03c35", "#842f2b"];

/** A hongsalmun: two red pillars, two beams, arrows that point to the sky. */
function arrowGate(wide: number): Clay {
  const clay = new Clay();
  const half = wide / 2;
  for (const x of [-half, half]) {
    clay.column(x, 0, 0.34, 0, 0.5, STONE.granite, 8);
    clay.column(x, 0, 0.19, 0.5, 5.6, RED, 10);
  }
  for (const y of [4.1, 4.9]) clay.box(-half - 0.4, y, -0.09, half + 0.4, y + 0.18, 0.09, RED);
  for (let i = 0; i <= 10; i++) {
    const x = -half + (wide * i) / 10;
    const tall = 5.5 + 0.5 * (1 - Math.abs(i - 5) / 5);
    clay.box(x - 0.035, 3.9, -0.035, x + 0.035, tall, 0.035, RED);
    clay.column(x, 0, 0.07, tall, tall + 0.32, RED, 5, 0.05);
  }
  return clay;
}

function stele(): Clay {
  const clay = new Clay();
  clay.prism(ring(0, 0, 0.5, 6), 0, 0.16, STONE.granite_dark);
  clay.box(-0.07, 0.16, -0.05, 0.07, 1.0, 0.05, WOOD.dark);
  clay.box(-0.45, 0.95, -0.06, 0.45, 1.55, 0.06, "#f3ead8");
  clay.box(-0.49, 1.55, -0.1, 0.49, 1.63, 0.1, WOOD.dark);
  clay.box(-0.34, 1.36, -0.075, 0.34, 1.42, 0.075, "#2f6f64");
  for (const y of [1.24, 1.15, 1.06]) clay.box(-0.34, y, -0.07, 0.28, y + 0.03, 0.07, "#8d8674");
  return clay;
}

function stagePlatform(clay: Clay, stage: Stage, outdoors: Screen | undefined): void {
  const at = around(stage);
  const [x, z] = stage.at;
  const yaw = (stage.yaw * Math.PI) / 180;
  clay.prism(ring(x, z, 2.6, 40), 0.01, 0.05, WOOD.pale);
  clay.prism(
    [at(-0.35, 1.0), at(0.35, 1.0), at(0.35, 1.4), at(-0.35, 1.4)],
    0.05,
    1.12,
    WOOD.dark,
    Style.plain,
    { top: WOOD.pale },
  );
  if (!outdoors) return;
  const { half, back, top } = outdoors;
  for (const side of [-half - 0.2, half + 0.2]) {
    const [px, pz] = at(side, back - 0.1);
    clay.column(px, pz, 0.16, 0, top + 0.5, METAL.silver, 6);
    const [sx, sz] = at(side * 1.12, back + 0.4);
    clay.prism(ring(sx, sz, 0.55, 4, Math.PI / 4 + yaw), 0.2, 2.4, "#2b2e33");
  }
  const [ax, az] = at(-half - 0.3, back - 0.1);
  const [bx, bz] = at(half + 0.3, back - 0.1);
  clay.prism(
    [
      [ax, az],
      [bx, bz],
      [bx + 0.1, bz + 0.15],
      [ax + 0.1, az + 0.15],
    ],
    top + 0.2,
    top + 0.5,
    METAL.silver,
  );
}

function screen(clay: Clay, stage: Stage, { half, back, foot, top }: Screen): void {
  const at = around(stage);
  clay.prism(
    [at(-half, back - 0.15), at(half, back - 0.15), at(half, back), at(-half, back)],
    foot,
    top,
    "#1c2a33",
    Style.screen,
  );
}

/** Of an indoor stage: its boards, a curtain in folds behind them, drawn open around a screen. */
function curtain(clay: Clay, stage: Stage, district: District, { half }: Screen): void {
  const boards = boardsOf(stage, district);
  if (!boards) return;
  const { left, right, back, high, polygon } = boards;
  const at = around(stage);
  clay.lid(polygon, 0.045, WOOD.pale);
  const fold = 0.55;
  for (const [from, to] of [
    [left, -half - 0.2],
    [half + 0.2, right],
  ] as const) {
    const folds = Math.max(2, Math.round((to - from) / fold));
    for (let n = 0; n < folds; n++) {
      const [a, b] = [from + ((to - from) * n) / folds, from + ((to - from) * (n + 1)) / folds];
      const [da, db] = n % 2 ? [0.28, 0] : [0, 0.28];
      const [ax, az] = at(a, back + da);
      const [bx, bz] = at(b, back + db);
      clay.quad([ax, 0.05, az], [bx, 0.05, bz], [bx, high, bz], [ax, high, az], CURTAIN[n % 2]!);
    }
  }
  // the pelmet over all of it
  clay.prism(
    [at(left, back - 0.12), at(right, back - 0.12), at(right, back + 0.36), at(left, back + 0.36)],
    high - 0.55,
    high,
    "#7c2b27",
  );
}

const VEIL_V =
  "varying vec2 vUv; void main() { vUv = uv; gl_Position = projectionMatrix * modelViewMatrix * instanceMatrix * vec4(position, 1.0); }";
const VEIL_F = /* glsl */ `
  uniform float uTime, uNight;
  varying vec2 vUv;
  void main() {
    vec2 p = vUv * 2.0 - 1.0;
    float edge = smoothstep(1.0, 0.35, abs(p.x)) * smoothstep(0.0, 0.15, vUv.y) * smoothstep(1.0, 0.45, vUv.y);
    float flow = 0.55 + 0.45 * sin(p.x * 7.0 + sin(vUv.y * 6.0 - uTime * 1.3) * 1.6 + uTime * 0.5);
    gl_FragColor = vec4(mix(vec3(0.95, 0.75, 0.45), vec3(0.45, 0.8, 0.75), vUv.y) * edge * flow * (0.3 + 0.25 * uNight), 1.0);
  }
`;

/** Those that stand in many places are of the material that is `repeated`. */
export function markers(district: District, material: Material, repeated: Material): Group {
  const group = new Group();
  const matrix = new Matrix4();
  const up = new Vector3(0, 1, 0);
  const one = new Vector3(1, 1, 1);
  if (district.portals.length) {
    const wide = 5;
    const gates = new InstancedMesh(arrowGate(wide).geometry(), repeated, district.portals.length);
    const veils = new InstancedMesh(
      new PlaneGeometry(wide - 0.4, 4),
      new ShaderMaterial({
        vertexShader: VEIL_V,
        fragmentShader: VEIL_F,
        uniforms: shared,
        blending: AdditiveBlending,
        depthWrite: false,
        side: DoubleSide,
        transparent: true,
        // added up, its back needs no pass before its front's: three.js would look for its program anew twice a frame
        forceSinglePass: true,
      }),
      district.portals.length,
    );
    district.portals.forEach(({ at, yaw }, i) => {
      const turn = new Quaternion().setFromAxisAngle(up, (yaw * Math.PI) / 180);
      gates.setMatrixAt(i, matrix.compose(new Vector3(at[0], 0, at[1]), turn, one));
      veils.setMatrixAt(i, matrix.compose(new Vector3(at[0], 2.05, at[1]), turn, one));
    });
    gates.castShadow = true;
    gates.frustumCulled = veils.frustumCulled = false;
    group.add(gates, veils);
  }
  if (district.exhibits.length) {
    const steles = new InstancedMesh(stele().geometry(), repeated, district.exhibits.length);
    for (const [i, { at }] of district.exhibits.entries())
      steles.setMatrixAt(i, matrix.makeTranslation(at[0], 0, at[1]));
    steles.castShadow = true;
    steles.frustumCulled = false;
    group.add(steles);
  }
  const clay = new Clay();
  for (const stage of district.stages) {
    const indoors = isIndoors(stage, district);
    const hung = screenOf(stage, district);
    stagePlatform(clay, stage, indoors ? undefined : hung);
    if (!hung) continue;
    screen(clay, stage, hung);
    if (indoors) curtain(clay, stage, district, hung);
  }
  if (!clay.isEmpty) {
    const mesh = new Mesh(clay.geometry(), material);
    mesh.castShadow = mesh.receiveShadow = true;
    group.add(mesh);
  }
  return group;
}
