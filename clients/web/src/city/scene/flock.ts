// What moves by itself in the open: magpies that circle over the place by day, leaves or petals that fall from its trees.
//
// Both are one draw each, and moved by the vertex shader alone. Who wants no motion sees neither.
import {
  BufferAttribute,
  Color,
  DoubleSide,
  Group,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
} from "three";
import { chanceOf, type District, type TreeKind } from "../plan";
import { LEAVES } from "./palette";
import { shared } from "./shading";

const BIRDS = 18;
const MOST_LEAVES = 260;

/** Of these so much falls in each season, spring to winter. */
const FALLING: Partial<Record<TreeKind, [number, number, number, number]>> = {
  cherry: [7, 0, 3, 0],
  ginkgo: [0, 0, 5, 0],
  plane: [0, 0, 2, 0],
  zelkova: [0, 0, 3, 0],
};

const BIRD_V = /* glsl */ `
  attribute vec4 ring;
  attribute float start;
  uniform float uTime, uNight;
  varying float vWhite;
  void main() {
    float a = start + uTime * (5.5 / ring.z);
    float rise = ring.w + sin(a * 2.0 + start) * 1.6;
    vec2 way = vec2(-sin(a), cos(a));
    // wings beat in bursts, and glide between them
    float beat = sin(uTime * 11.0 + start * 9.0) * smoothstep(-0.2, 0.5, sin(uTime * 0.7 + start * 5.0));
    vec3 p = position;
    p.y += abs(p.x) * (0.18 + 0.55 * beat);
    vec2 side = vec2(way.y, -way.x);
    vec3 at = vec3(ring.x + cos(a) * ring.z, rise, ring.y + sin(a) * ring.z);
    at.xz += side * p.x + way * p.z;
    at.y += p.y - p.x * 0.25;
    vWhite = smoothstep(0.24, 0.3, abs(position.x)) * step(abs(position.x), 0.46);
    gl_Position = projectionMatrix * viewMatrix * vec4(at, 1.0);
    if (uNight > 0.7 || uTime == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  }
`;
const BIRD_F =
  "varying float vWhite; void main() { gl_FragColor = vec4(mix(vec3(0.05, 0.06, 0.1), vec3(0.85), vWhite), 1.0);\n#include <colorspace_fragment>\n}";

const LEAF_V = /* glsl */ `
  attribute vec4 tree;
  attribute vec3 tint;
  uniform float uTime, uNight;
  varying vec3 vTint;
  void main() {
    float fall = fract(tree.w * 7.13 + uTime * (0.035 + 0.03 * tree.w));
    float turn = tree.w * 6.283;
    float out_ = tree.y * (0.12 + 0.3 * fract(tree.w * 31.7)) * (1.0 + fall * 0.7);
    float sway = sin(uTime * 1.7 + turn * 3.0) * 0.5;
    vec3 at = vec3(tree.x + cos(turn) * out_ + sway, tree.y * 0.62 * (1.0 - fall) + 0.03, tree.z + sin(turn) * out_ + sway * 0.6);
    float s = sin(uTime * 2.3 + turn * 5.0), c = cos(uTime * 2.3 + turn * 5.0);
    vec3 p = position * smoothstep(0.0, 0.06, fall) * smoothstep(1.0, 0.96, fall);
    at += vec3(p.x * c, p.x * s * 0.8, p.z);
    vTint = tint * (1.0 - 0.62 * uNight);
    gl_Position = projectionMatrix * viewMatrix * vec4(at, 1.0);
    if (uTime == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  }
`;
const LEAF_F =
  "varying vec3 vTint; void main() { gl_FragColor = vec4(vTint, 1.0);\n#include <colorspace_fragment>\n}";

/** `season` as in sun.ts. */
export function flock(district: District, season: 0 | 1 | 2 | 3): Group {
  const group = new Group();
  group.add(birds(district));
  const falling = leaves(district, season);
  if (falling) group.add(falling);
  return group;
}

function instanced(corners: number[], vertexShader: string, fragmentShader: string, n: number): Mesh {
  const geometry = new InstancedBufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(corners), 3));
  geometry.instanceCount = n;
  const mesh = new Mesh(
    geometry,
    new ShaderMaterial({ vertexShader, fragmentShader, uniforms: shared, side: DoubleSide }),
  );
  mesh.frustumCulled = false;
  return mesh;
}

function give(mesh: Mesh, name: string, numbers: number[], size: number): void {
  mesh.geometry.setAttribute(name, new InstancedBufferAttribute(new Float32Array(numbers), size));
}

function birds({ id, width, depth }: District): Mesh {
  const wing = (way: number) => [0, 0, 0.16, way * 0.55, 0, 0.02, 0, 0, -0.12];
  const body = [-0.07, 0, 0.1, 0.07, 0, 0.1, 0, 0, -0.52];
  const mesh = instanced([...wing(1), ...wing(-1), ...body], BIRD_V, BIRD_F, BIRDS);
  const chance = (n: number, of: string) => chanceOf(id, "bird", n, of);
  const rings: number[] = [];
  const starts: number[] = [];
  for (let n = 0; n < BIRDS; n++) {
    const party = Math.floor(n / 3);
    rings.push(
      width * (0.2 + 0.6 * chance(party, "x")) + chance(n, "x") * 7,
      depth * (0.2 + 0.6 * chance(party, "z")) + chance(n, "z") * 7,
      18 + 26 * chance(party, "r"),
      9 + 12 * chance(party, "y") + chance(n, "y") * 3,
    );
    starts.push(chance(party, "a") * 6.283 + chance(n, "a") * 0.7);
  }
  give(mesh, "ring", rings, 4);
  give(mesh, "start", starts, 1);
  return mesh;
}

function leaves(district: District, season: 0 | 1 | 2 | 3): Mesh | null {
  const trees: number[] = [];
  const tints: number[] = [];
  const colour = new Color();
  const all = district.trees.flatMap(({ kind, at, height }) =>
    at.map(([x, z]) => ({ kind, x, z, height, n: FALLING[kind]?.[season] ?? 0 })),
  );
  const wanted = all.reduce((sum, { n }) => sum + n, 0);
  const share = Math.min(1, MOST_LEAVES / Math.max(1, wanted));
  for (const { kind, x, z, height, n } of all) {
    colour.set(LEAVES[kind][season]);
    for (let i = 0; i < n; i++) {
      const chance = chanceOf(x, z, i);
      if (chanceOf(z, i, x) > share) continue;
      const tone = 0.85 + 0.3 * chanceOf(i, x, z);
      trees.push(x, height, z, chance);
      tints.push(colour.r * tone, colour.g * tone, colour.b * tone);
    }
  }
  if (!trees.length) return null;
  const leaf = [-0.09, 0, 0, 0.09, 0, -0.05, 0.09, 0, 0.05];
  const mesh = instanced(leaf, LEAF_V, LEAF_F, trees.length / 4);
  give(mesh, "tree", trees, 4);
  give(mesh, "tint", tints, 3);
  return mesh;
}
