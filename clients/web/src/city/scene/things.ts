// What stands about: statues by their proportions, furniture by its height, market stalls, hedges, hills.
import { type Building, bounds, chanceOf, wound } from "../plan";
import { boxOf, type Clay, ring, Style, scaled, type V3 } from "./clay";
import { METAL, STONE, WOOD } from "./palette";

/** A beast of stone when low, a seated figure when broad, a standing one when tall, a spiral shell when it ends in a spire. */
export function statue(clay: Clay, building: Building): void {
  const box = bounds(building.footprint);
  const x = (box.x0 + box.x1) / 2;
  const z = (box.z0 + box.z1) / 2;
  const w = Math.min(box.x1 - box.x0, box.z1 - box.z0);
  const h = building.height;
  if (building.roof === "spire") {
    shell(clay, x, z, w / 2, h);
    return;
  }
  if (h < 5) {
    beast(clay, x, z, w, h);
    return;
  }
  const tall = h / w > 2;
  const stand = h * (tall ? 0.56 : 0.36);
  clay.prism(boxOf(box.x0, box.z0, box.x1, box.z1), 0, stand * 0.22, STONE.granite, Style.blocks);
  clay.prism(scaled(building.footprint, 0.82), stand * 0.22, stand, STONE.granite_dark, Style.blocks, {
    taper: 0.88,
    top: STONE.granite,
  });
  if (tall) standing(clay, x, z, stand, h - stand, METAL.bronze);
  else seated(clay, x, z, stand, h - stand, METAL.gold);
}

function head(clay: Clay, x: number, y: number, z: number, r: number, tint: string, hat: boolean): void {
  const rings: V3[][] = [];
  for (let i = 0; i <= 6; i++) {
    const t = (i / 6 - 0.5) * Math.PI;
    rings.push(
      ring(x, z, Math.max(0.02, r * Math.cos(t)), 10).map(([px, pz]): V3 => [px, y + r * Math.sin(t), pz]),
    );
  }
  clay.loft(rings, tint);
  if (hat) {
    clay.column(x, z, r * 1.1, y + r * 0.35, y + r * 1.2, tint, 10, 0.8);
    clay.box(x - r * 2.2, y + r * 0.5, z - r * 0.3, x + r * 2.2, y + r * 0.7, z - r * 0.1, tint);
  }
}

function seated(clay: Clay, x: number, z: number, y: number, h: number, tint: string): void {
  const r = h * 0.3;
  clay.prism(
    boxOf(x - r * 1.15, z - r * 1.1, x + r * 1.15, z - r * 0.5),
    y,
    y + h * 0.72,
    tint,
    Style.plain,
    { taper: 0.96 },
  ); // the throne
  clay.prism(ring(x, z + r * 0.1, r * 1.2, 12), y, y + h * 0.34, tint, Style.plain, { taper: 0.8 });
  clay.prism(ring(x, z - r * 0.25, r * 0.78, 12), y + h * 0.28, y + h * 0.72, tint, Style.plain, {
    taper: 0.62,
  });
  for (const side of [-1, 1]) {
    clay.prism(
      ring(x + side * r * 0.78, z + r * 0.1, r * 0.26, 8),
      y + h * 0.3,
      y + h * 0.62,
      tint,
      Style.plain,
      { taper: 0.8 },
    );
  }
  clay.box(x - r * 0.35, y + h * 0.36, z + r * 0.55, x + r * 0.35, y + h * 0.42, z + r * 1.0, STONE.plaster); // the book
  head(clay, x, y + h * 0.83, z - r * 0.18, h * 0.105, tint, true);
}

function standing(clay: Clay, x: number, z: number, y: number, h: number, tint: string): void {
  const r = h * 0.14;
  clay.prism(ring(x, z, r * 1.35, 12), y, y + h * 0.5, tint, Style.plain, { taper: 0.72 });
  clay.prism(ring(x, z, r * 1.15, 12), y + h * 0.45, y + h * 0.82, tint, Style.plain, { taper: 0.78 });
  for (const side of [-1, 1])
    clay.prism(ring(x + side * r * 1.15, z, r * 0.36, 8), y + h * 0.42, y + h * 0.8, tint, Style.plain, {
      taper: 0.9,
    });
  clay.box(x + r * 1.1, y, z + r * 0.5, x + r * 1.3, y + h * 0.52, z + r * 0.7, METAL.bronze); // the sword
  head(clay, x, y + h * 0.9, z, h * 0.075, tint, false);
  clay.column(x, z, h * 0.07, y + h * 0.93, y + h * 1.02, tint, 10, 0.2);
}

/** A haetae on its base: sitting upright, maned, open-eyed, its tail curled up behind. It looks south. */
function beast(clay: Clay, x: number, z: number, w: number, h: number): void {
  const foot = h * 0.34;
  const tall = h - foot;
  const stone = STONE.granite;
  const dark = STONE.granite_dark;
  clay.box(x - w / 2, 0, z - w / 2, x + w / 2, foot * 0.82, z + w / 2, dark, Style.blocks);
  clay.box(x - w * 0.54, foot * 0.82, z - w * 0.54, x + w * 0.54, foot, z + w * 0.54, stone);
  const ball = (dx: number, y: number, dz: number, wide: number, high: number, tint: string, deep = wide) => {
    const rings: V3[][] = [];
    for (let i = 0; i <= 6; i++) {
      const t = (i / 6 - 0.5) * Math.PI;
      rings.push(
        ring(x + dx * w, z + dz * w, 1, 10).map(
          ([px, pz]): V3 => [
            x + dx * w + (px - x - dx * w) * Math.max(0.02, Math.cos(t)) * wide * w,
            foot + tall * y + Math.sin(t) * high * tall,
            z + dz * w + (pz - z - dz * w) * Math.max(0.02, Math.cos(t)) * deep * w,
          ],
        ),
      );
    }
    clay.loft(rings, tint);
  };
  ball(0, 0.24, -0.18, 0.3, 0.26, stone); // haunches
  ball(0, 0.4, -0.02, 0.24, 0.34, stone); // the breast, upright
  for (const side of [-1, 1]) {
    const at = (by: number) => x + side * w * by;
    clay.column(at(0.17), z + w * 0.2, w * 0.085, foot, foot + tall * 0.46, stone, 8, 0.9);
    ball(side * 0.17, 0.05, 0.27, 0.11, 0.06, stone, 0.15);
    ball(side * 0.27, 0.1, 0.02, 0.12, 0.12, stone, 0.2);
    ball(side * 0.11, 0.83, 0.3, 0.05, 0.05, dark); // eyes under brows
    ball(side * 0.2, 0.9, 0.08, 0.06, 0.1, dark); // ears
  }
  // the mane in curls around the head, the head with its broad muzzle before it
  for (let i = 0; i < 9; i++) {
    const turn = (i / 8 - 0.5) * Math.PI * 1.3;
    ball(Math.sin(turn) * 0.25, 0.66 + Math.cos(turn) * 0.2, 0.03, 0.1, 0.09, dark);
  }
  ball(0, 0.75, 0.12, 0.24, 0.2, stone);
  ball(0, 0.69, 0.3, 0.17, 0.09, stone, 0.13);
  ball(0, 0.6, 0.27, 0.13, 0.04, dark, 0.12);
  ball(0, 0.74, 0.42, 0.06, 0.04, dark);
  for (const [y, dz, r] of [
    [0.2, -0.45, 0.1],
    [0.36, -0.48, 0.11],
    [0.52, -0.42, 0.12],
  ] as const)
    ball(0, y, dz, r, 0.1, dark);
}

function shell(clay: Clay, x: number, z: number, radius: number, h: number): void {
  const turns = 7;
  const steps = turns * 18;
  for (let i = 0; i < steps; i++) {
    const band = (k: number, wide: number): V3[] => {
      const t = k / steps;
      const a = t * turns * Math.PI * 2;
      const r = radius * (1 - t) ** 0.9 + 0.05;
      return [
        [x + Math.cos(a) * r, h * t, z + Math.sin(a) * r],
        [x + Math.cos(a) * r * 0.9, h * Math.min(1, t + wide), z + Math.sin(a) * r * 0.9],
      ];
    };
    const [a, d] = band(i, 0.085) as [V3, V3];
    const [b, c] = band(i + 1, 0.085) as [V3, V3];
    clay.quad(b, a, d, c, Math.floor((i / steps) * turns * 2) % 2 ? "#3b5ea0" : METAL.red);
  }
}

/** Benches and seats when low, desks and counters at the height of a hand, shelves and booths when high. */
export function furniture(clay: Clay, building: Building): void {
  const box = bounds(building.footprint);
  const [w, d] = [box.x1 - box.x0, box.z1 - box.z0];
  const h = building.height;
  if (h <= 1.05) {
    const along = w >= d;
    const rows = Math.max(1, Math.round((along ? d : w) / 1.6));
    for (let i = 0; i < rows; i++) {
      const at = (i + 0.5) / rows;
      const [x0, z0, x1, z1] = along
        ? [box.x0, box.z0 + d * at - 0.35, box.x1, box.z0 + d * at + 0.35]
        : [box.x0 + w * at - 0.35, box.z0, box.x0 + w * at + 0.35, box.z1];
      clay.box(x0, 0, z0, x1, 0.42, z1, WOOD.dark);
      clay.box(x0, 0.42, z0, x1, 0.52, z1, WOOD.pale);
      if (along) clay.box(x0, 0.5, z1 - 0.08, x1, h, z1, WOOD.pale);
      else clay.box(x1 - 0.08, 0.5, z0, x1, h, z1, WOOD.pale);
    }
  } else if (h <= 1.5) {
    clay.prism(building.footprint, 0, h - 0.08, WOOD.pale, Style.plain, { lid: false });
    clay.prism(scaled(building.footprint, 1.04), h - 0.08, h, WOOD.dark);
  } else if (Math.min(w, d) > 5) {
    booth(clay, building);
  } else {
    clay.prism(building.footprint, 0, h, WOOD.pale, Style.shelves);
  }
}

const CLOTHS = ["#2f6f64", "#b5533c", "#c9963f", "#3a5a86", "#8a5a83"];

function booth(clay: Clay, building: Building): void {
  const box = bounds(building.footprint);
  const h = building.height;
  const tint = CLOTHS[Math.floor(chanceOf(building.id) * CLOTHS.length)]!;
  clay.prism(building.footprint, 0, 1.1, STONE.plaster, Style.plain, { top: WOOD.pale });
  for (const x of [box.x0 + 0.15, box.x1 - 0.15])
    for (const z of [box.z0 + 0.15, box.z1 - 0.15]) clay.column(x, z, 0.08, 0, h, METAL.white, 6);
  clay.prism(building.footprint, h - 0.5, h, tint, Style.plain, { top: STONE.plaster });
  clay.box(
    (box.x0 + box.x1) / 2 - 0.15,
    1.1,
    (box.z0 + box.z1) / 2 - (box.z1 - box.z0) * 0.3,
    (box.x0 + box.x1) / 2 + 0.15,
    h - 0.5,
    (box.z0 + box.z1) / 2 + (box.z1 - box.z0) * 0.3,
    "#1c2a33",
    Style.screen,
  );
}

export function market(clay: Clay, building: Building): void {
  const box = bounds(building.footprint);
  const along = box.x1 - box.x0 >= box.z1 - box.z0;
  const long = along ? box.x1 - box.x0 : box.z1 - box.z0;
  const n = Math.max(1, Math.round(long / 4));
  for (let i = 0; i < n; i++) {
    const a = i / n;
    const b = (i + 0.9) / n;
    const [x0, x1] = along ? [box.x0 + long * a, box.x0 + long * b] : [box.x0, box.x1];
    const [z0, z1] = along ? [box.z0, box.z1] : [box.z0 + long * a, box.z0 + long * b];
    clay.box(x0, 0, z0, x1, 0.9, z1, WOOD.pale);
    for (const x of [x0, x1])
      for (const z of [z0, z1]) clay.column(x, z, 0.06, 0, building.height, WOOD.dark, 5);
    clay.prism(
      boxOf(x0 - 0.4, z0 - 0.4, x1 + 0.4, z1 + 0.4),
      building.height - 0.7,
      building.height,
      CLOTHS[i % CLOTHS.length]!,
      Style.cloth,
      { taper: 0.6 },
    );
  }
}

const GREENS = ["#4f7a45", "#5f8a4c", "#739a55", "#3f6b4a", "#8aa35c"];

/** A hedge; when round, a bed of stone with bushes in it; when tall, a wall of plants. */
export function hedge(clay: Clay, building: Building): void {
  const { footprint, height, id } = building;
  if (footprint.length >= 12) {
    bed(clay, building);
    return;
  }
  clay.prism(footprint, 0, height, "#5f8450", Style.leaves, { taper: 0.97, topStyle: Style.leaves });
  if (height < 3) return;
  const { x0, z0, x1, z1 } = bounds(footprint);
  const along = x1 - x0 >= z1 - z0;
  const [from, to] = along ? [x0, x1] : [z0, z1];
  const across = along ? (z0 + z1) / 2 : (x0 + x1) / 2;
  for (let u = from + TUFT_M / 2, i = 0; u < to; u += TUFT_M, i++) {
    for (let y = TUFT_M / 2, k = 0; y < height; y += TUFT_M, k++) {
      const chance = chanceOf(id, i, k);
      const wide = TUFT_M * (0.45 + 0.3 * chance);
      const deep = (along ? z1 - z0 : x1 - x0) / 2 + 0.08 + 0.3 * chanceOf(id, k, i);
      const outline = along
        ? boxOf(u - wide, across - deep, u + wide, across + deep)
        : boxOf(across - deep, u - wide, across + deep, u + wide);
      const tint = GREENS[Math.floor(chance * GREENS.length)]!;
      clay.prism(outline, y - wide * 0.7, y + wide * 0.7, tint, Style.leaves, { taper: 0.8 });
    }
  }
}

/** From one tuft of a wall of plants to the next. */
const TUFT_M = 1.1;

function bed(clay: Clay, { footprint, height, id }: Building): void {
  const { x0, z0, x1, z1 } = bounds(footprint);
  const [x, z, r] = [(x0 + x1) / 2, (z0 + z1) / 2, Math.min(x1 - x0, z1 - z0) / 2];
  clay.prism(footprint, 0, height * 0.55, STONE.granite, Style.blocks, { top: WOOD.dark });
  for (let i = 0; i < 7; i++) {
    const turn = (i / 6) * Math.PI * 2 + chanceOf(id);
    const away = i === 6 ? 0 : r * 0.6;
    const wide = r * (i === 6 ? 0.46 : 0.3 + 0.08 * chanceOf(id, i));
    const high = height * (i === 6 ? 1.7 : 0.9 + 0.3 * chanceOf(id, i, 1));
    const rings: V3[][] = [];
    for (let level = 0; level <= 4; level++) {
      const t = (level / 4 - 0.35) * Math.PI * 0.76;
      rings.push(
        ring(
          x + Math.cos(turn) * away,
          z + Math.sin(turn) * away,
          Math.max(0.03, wide * Math.cos(t)),
          8,
          i,
        ).map(([px, pz]): V3 => [px, height * 0.5 + (high * level) / 4, pz]),
      );
    }
    clay.loft(rings, GREENS[i % GREENS.length]!, Style.leaves);
  }
}

/** A hill, drawn as a body of leaves with a soft ridge. */
export function hill(clay: Clay, building: Building): void {
  const round = wound(building.footprint);
  const points = round.flatMap(([x, z], i) => {
    const [nx, nz] = round[(i + 1) % round.length]!;
    return [0, 0.25, 0.5, 0.75].map((t): [number, number] => [x + (nx - x) * t, z + (nz - z) * t]);
  });
  const levels = 8;
  const rings: V3[][] = [];
  for (let i = 0; i <= levels; i++) {
    const t = i / levels;
    const width = 1 - (1 - building.taper) * t ** 0.8;
    rings.push(
      scaled(points, width).map(([x, z], k): V3 => {
        const rough = chanceOf(building.id, k, i) - 0.5;
        return [
          x + rough * 3 * (1 - t),
          building.height * t ** 1.15 * (1 + rough * 0.12),
          z + rough * 2 * (1 - t),
        ];
      }),
    );
  }
  clay.loft(rings, "#6f8a55", Style.leaves);
}
