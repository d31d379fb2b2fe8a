// The city that goes on beyond the district: quarters of houses, and the ridges of the mountains that stand around Seoul.
import { type Material, Mesh } from "three";
import { type Bounds, bounds, chanceOf, type District } from "../plan";
import { Clay, Style, type V3 } from "./clay";
import { GIWA, GLASS, STONE, WOOD } from "./palette";

const STREET_M = 46;
const QUARTERS = 9;

/** All of it in one mesh. */
export function horizon(district: District, material: Material): Mesh {
  const clay = new Clay();
  const { width, depth, id } = district;
  const green = district.grounds[0]?.kind === "lawn" || district.grounds[0]?.kind === "soil";
  const small = Math.min(width, depth) < 100;
  for (let i = -QUARTERS; i < width / STREET_M + QUARTERS; i++) {
    for (let j = -QUARTERS; j < depth / STREET_M + QUARTERS; j++) {
      const x = i * STREET_M + (chanceOf(id, i, j, "x") - 0.5) * 12;
      const z = j * STREET_M + (chanceOf(id, i, j, "z") - 0.5) * 12;
      const chance = chanceOf(id, i, j);
      const away = Math.max(-x, x - width, -z, z - depth);
      if (away < 30 || chance < 0.22) continue;
      const ring = away / STREET_M;
      const half = 8 + 9 * chanceOf(id, i, j, "w");
      const deep = 8 + 9 * chanceOf(id, i, j, "d");
      const box = { x0: x - half, z0: z - deep, x1: x + half, z1: z + deep };
      if (small || (green && ring < 3)) {
        if (ring > 5 || chance < 0.45) continue;
        clay.box(box.x0 + 3, 0, box.z0 + 3, box.x1 - 3, 3.2, box.z1 - 3, WOOD.dark, Style.lattice);
        ridgeRoof(clay, { x0: box.x0 + 2, z0: box.z0 + 2, x1: box.x1 - 2, z1: box.z1 - 2 }, 3.2, 3);
        continue;
      }
      const grow = Math.min(1, 0.35 + ring / 9);
      const height = (10 + 70 * chanceOf(id, i, j, "h") ** 2.4) * grow + (chance > 0.95 ? 60 : 0);
      const style = height < 24 && chance > 0.6 ? Style.brick : chance < 0.62 ? Style.offices : Style.curtain;
      const tint =
        style === Style.brick
          ? STONE.brick
          : style === Style.curtain
            ? GLASS.clear
            : [STONE.concrete, STONE.limestone, "#d6cdbd"][Math.floor(chance * 60) % 3]!;
      clay.prism(
        [
          [box.x0, box.z0],
          [box.x1, box.z0],
          [box.x1, box.z1],
          [box.x0, box.z1],
        ],
        0,
        height,
        tint,
        style,
        { top: STONE.granite },
      );
    }
  }
  const box = bounds([
    [0, 0],
    [width, depth],
  ]);
  const mx = (box.x0 + box.x1) / 2;
  const mz = (box.z0 + box.z1) / 2;
  ridge(clay, mx, mz, 900, 120, `${id}near`, "#5e7a58");
  ridge(clay, mx, mz, 1250, 260, `${id}far`, "#566f5c");
  const mesh = new Mesh(clay.geometry(), material);
  mesh.frustumCulled = false;
  return mesh;
}

/** A ring of mountains, highest to the north as Bukhansan is. */
function ridge(
  clay: Clay,
  x: number,
  z: number,
  radius: number,
  height: number,
  seed: string,
  tint: string,
): void {
  const n = 120;
  const tall = (i: number) => {
    const a = (i / n) * Math.PI * 2;
    let sum = 0;
    for (let octave = 0; octave < 5; octave++) {
      const k = i * 2 ** octave * 0.11;
      const from = chanceOf(seed, Math.floor(k) % (2 ** octave * 14), octave);
      const to = chanceOf(seed, (Math.floor(k) + 1) % (2 ** octave * 14), octave);
      const t = k - Math.floor(k);
      sum += (from + (to - from) * t * t * (3 - 2 * t)) * 0.5 ** octave;
    }
    const north = 0.55 + 0.45 * Math.max(0, -Math.cos(a));
    return height * (0.15 + 0.5 * sum) * north;
  };
  const at = (i: number, r: number, y: number): V3 => {
    const a = (i / n) * Math.PI * 2;
    return [x + Math.sin(a) * r, y, z + Math.cos(a) * r];
  };
  for (let i = 0; i < n; i++) {
    const [a, b] = [tall(i % n), tall((i + 1) % n)];
    clay.quad(
      at(i + 1, radius - 160, 0),
      at(i, radius - 160, 0),
      at(i, radius, a),
      at(i + 1, radius, b),
      tint,
      Style.leaves,
    );
  }
}

/** A plain roof with one ridge: what is seen of a roof from so far. */
function ridgeRoof(clay: Clay, { x0, z0, x1, z1 }: Bounds, y: number, rise: number): void {
  const z = (z0 + z1) / 2;
  const [a, b]: [V3, V3] = [
    [x0, y + rise, z],
    [x1, y + rise, z],
  ];
  clay.quad([x0, y, z1], [x1, y, z1], b, a, GIWA.tile, Style.tiles);
  clay.quad([x1, y, z0], [x0, y, z0], a, b, GIWA.tile, Style.tiles);
  clay.triangle([x0, y, z0], [x0, y, z1], a, STONE.plaster);
  clay.triangle([x1, y, z1], [x1, y, z0], b, STONE.plaster);
}
