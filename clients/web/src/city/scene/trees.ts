// Trees by kind and season: one instanced draw for each kind, moved a little by the wind.
import { Color, Group, InstancedMesh, Matrix4, type MeshLambertMaterial, Quaternion, Vector3 } from "three";
import { chanceOf, type District, type TreeKind } from "../plan";
import { Clay, ring, Style, type V3 } from "./clay";
import { LEAVES } from "./palette";
import { surface } from "./surface";

type Blob = [x: number, y: number, z: number, r: number, squash: number];

/** The crowns, for a tree of 1 m that is scaled to its height. */
const CROWNS: Record<TreeKind, Blob[]> = {
  cherry: [
    [0, 0.68, 0, 0.3, 0.72],
    [0.24, 0.6, 0.08, 0.22, 0.8],
    [-0.22, 0.62, -0.08, 0.23, 0.78],
    [0.03, 0.62, 0.25, 0.21, 0.8],
    [-0.02, 0.64, -0.25, 0.2, 0.8],
  ],
  ginkgo: [
    [0, 0.46, 0, 0.19, 1.1],
    [0, 0.64, 0, 0.165, 1.15],
    [0, 0.82, 0, 0.115, 1.3],
    [0.09, 0.5, 0.08, 0.13, 1.1],
    [-0.09, 0.55, -0.07, 0.13, 1.1],
  ],
  pine: [
    [0.12, 0.56, 0.02, 0.2, 0.36],
    [-0.13, 0.66, 0.06, 0.19, 0.36],
    [0.06, 0.8, -0.08, 0.19, 0.4],
    [-0.02, 0.93, 0.04, 0.14, 0.46],
  ],
  plane: [
    [0, 0.66, 0, 0.27, 0.95],
    [0.16, 0.56, 0.1, 0.2, 0.9],
    [-0.16, 0.58, -0.09, 0.2, 0.9],
    [0.02, 0.84, 0, 0.17, 0.9],
  ],
  shrub: [
    [0, 0.42, 0, 0.4, 0.95],
    [0.28, 0.34, 0.1, 0.28, 0.9],
    [-0.26, 0.36, -0.1, 0.3, 0.9],
  ],
  zelkova: [
    [0, 0.7, 0, 0.34, 0.68],
    [0.26, 0.6, 0.12, 0.24, 0.72],
    [-0.25, 0.62, 0.1, 0.24, 0.72],
    [0.08, 0.6, -0.27, 0.24, 0.72],
    [0, 0.86, 0, 0.2, 0.7],
  ],
};

function crown(clay: Clay, [x, y, z, r, squash]: Blob, tint: string, seed: string): void {
  const rows = 5;
  const sides = 8;
  const rings: V3[][] = [];
  for (let i = 0; i <= rows; i++) {
    const t = (i / rows - 0.5) * Math.PI;
    rings.push(
      ring(x, z, 1, sides, i * 0.35).map(([px, pz], k): V3 => {
        const rough = 1 + (chanceOf(seed, i, i === 0 || i === rows ? 0 : k) - 0.5) * 0.3;
        const wide = Math.max(0.001, Math.cos(t)) * r * rough;
        return [x + (px - x) * wide, y + Math.sin(t) * r * squash * rough, z + (pz - z) * wide];
      }),
    );
  }
  // lighter above, darker below: what the sky gives a crown
  const shade = new Color(tint);
  for (let i = 0; i < rows; i++) {
    const light = 0.78 + 0.3 * (i / (rows - 1));
    clay.loft(
      [rings[i]!, rings[i + 1]!],
      `#${shade.clone().multiplyScalar(light).getHexString()}`,
      Style.leaves,
    );
  }
}

function tree(kind: TreeKind, season: 0 | 1 | 2 | 3): Clay {
  const clay = new Clay();
  const leaning = kind === "pine" ? 0.1 : 0;
  const bark = kind === "plane" ? "#b7ab93" : kind === "pine" ? "#7d5a45" : "#6f5a48";
  if (kind !== "shrub") {
    clay.loft(
      [0, 0.25, 0.5, 0.7].map((y, i) =>
        ring(leaning * Math.sin(y * 5), 0, 0.035 - 0.007 * i, 7).map(([x, z]): V3 => [x, y, z]),
      ),
      bark,
    );
  }
  CROWNS[kind].forEach((blob, i) => {
    const tint = new Color(LEAVES[kind][season]).multiplyScalar(0.92 + 0.14 * chanceOf(kind, i));
    crown(clay, blob, `#${tint.getHexString()}`, `${kind}${i}`);
  });
  return clay;
}

const SWAY = /* glsl */ `
  #ifdef USE_INSTANCING
    vec3 root = (instanceMatrix * vec4(0.0, 0.0, 0.0, 1.0)).xyz;
    float wind = sin(uTime * 1.1 + root.x * 0.7 + root.z * 0.45) + 0.5 * sin(uTime * 2.3 + root.z);
    transformed.xz += wind * 0.006 * transformed.y * transformed.y;
  #endif
`;

/** The trees of a plan; `season` as in sun.ts. */
export function trees(district: District, season: 0 | 1 | 2 | 3): Group {
  const group = new Group();
  const kinds = new Map<TreeKind, { x: number; z: number; height: number }[]>();
  for (const { kind, at, height } of district.trees) {
    const all = kinds.get(kind) ?? [];
    for (const [x, z] of at) all.push({ x, z, height });
    kinds.set(kind, all);
  }
  const material = swaying();
  for (const [kind, all] of kinds) {
    const mesh = new InstancedMesh(tree(kind, season).geometry(), material, all.length);
    const matrix = new Matrix4();
    const turn = new Quaternion();
    const up = new Vector3(0, 1, 0);
    const tone = new Color();
    all.forEach(({ x, z, height }, i) => {
      const chance = chanceOf(district.id, x, z);
      const size = height * (0.88 + 0.24 * chance);
      turn.setFromAxisAngle(up, chance * Math.PI * 2);
      matrix.compose(
        new Vector3(x, 0, z),
        turn,
        new Vector3(size * (0.95 + 0.15 * chanceOf(z, x)), size, size),
      );
      mesh.setMatrixAt(i, matrix);
      mesh.setColorAt(i, tone.setScalar(0.9 + 0.2 * chanceOf(x, z, kind)));
    });
    mesh.castShadow = mesh.receiveShadow = true;
    group.add(mesh);
  }
  return group;
}

function swaying(): MeshLambertMaterial {
  return surface("trees", SWAY);
}
