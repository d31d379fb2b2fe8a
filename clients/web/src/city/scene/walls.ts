// Walls and doors as the plan has them: stone walls with tiles on top, rails by the water, counters, partitions.
import { contains, type District, type Door, type Wall } from "../plan";
import { type Clay, Style, type StyleNumber } from "./clay";
import { GIWA, METAL, STONE, WOOD } from "./palette";

const DOOR_HEIGHT = 2.9;

/** Walls that go around nothing that is drawn by itself. */
export function walls(clay: Clay, district: District, enterable: ReadonlySet<string>): void {
  const inside = district.buildings.filter((building) => enterable.has(building.id));
  const isIndoors = (x: number, z: number) => inside.some((building) => contains(building.footprint, x, z));
  for (const wall of district.walls) {
    const around = wall.around && district.buildings.some((building) => building.id === wall.around);
    if (around) continue;
    for (const line of wall.lines) {
      const [x0, z0, x1, z1] = line;
      const indoors = isIndoors((x0 + x1) / 2, (z0 + z1) / 2);
      if (indoors) partition(clay, line, wall.height);
      else outdoor(clay, line, wall);
    }
  }
}

function thick(
  clay: Clay,
  [x0, z0, x1, z1]: Wall["lines"][number],
  half: number,
  y0: number,
  y1: number,
  tint: string,
  style: StyleNumber = Style.plain,
): void {
  const length = Math.hypot(x1 - x0, z1 - z0);
  if (length < 0.01) return;
  const ox = (-(z1 - z0) / length) * half;
  const oz = ((x1 - x0) / length) * half;
  const ux = ((x1 - x0) / length) * half;
  const uz = ((z1 - z0) / length) * half;
  clay.prism(
    [
      [x0 + ox - ux, z0 + oz - uz],
      [x1 + ox + ux, z1 + oz + uz],
      [x1 - ox + ux, z1 - oz + uz],
      [x0 - ox - ux, z0 - oz - uz],
    ],
    y0,
    y1,
    tint,
    style,
  );
}

function partition(clay: Clay, line: Wall["lines"][number], height: number): void {
  if (height <= 1.3) {
    thick(clay, line, 0.3, 0, height - 0.07, WOOD.pale);
    thick(clay, line, 0.38, height - 0.07, height, WOOD.dark);
    return;
  }
  const top = Math.min(height, 3.2);
  thick(clay, line, 0.09, 0, 0.25, WOOD.dark);
  thick(clay, line, 0.07, 0.25, top - 0.2, STONE.plaster);
  thick(clay, line, 0.09, top - 0.2, top, WOOD.pale);
}

function outdoor(clay: Clay, line: Wall["lines"][number], wall: Wall): void {
  if (wall.height <= 0.6) {
    thick(clay, line, 0.35, 0, Math.max(0.25, wall.height), STONE.granite, Style.blocks);
  } else if (wall.height <= 1.3) {
    rail(clay, line, wall.height);
  } else {
    const cap = wall.height;
    thick(clay, line, 0.45, 0, cap - 0.5, STONE.granite, Style.blocks);
    // a small roof of tiles on top
    const [x0, z0, x1, z1] = line;
    const length = Math.hypot(x1 - x0, z1 - z0);
    if (length < 0.01) return;
    const ox = (-(z1 - z0) / length) * 0.85;
    const oz = ((x1 - x0) / length) * 0.85;
    for (const way of [1, -1]) {
      const [ax, az, bx, bz] = way === 1 ? [x0, z0, x1, z1] : [x1, z1, x0, z0];
      clay.quad(
        [ax + ox * way, cap - 0.55, az + oz * way],
        [bx + ox * way, cap - 0.55, bz + oz * way],
        [bx, cap, bz],
        [ax, cap, az],
        GIWA.tile,
        Style.tiles,
      );
    }
    thick(clay, line, 0.12, cap - 0.08, cap + 0.12, GIWA.ridge);
  }
}

function rail(clay: Clay, line: Wall["lines"][number], height: number): void {
  const [x0, z0, x1, z1] = line;
  const length = Math.hypot(x1 - x0, z1 - z0);
  const posts = Math.max(1, Math.round(length / 2.4));
  for (let i = 0; i <= posts; i++) {
    const t = i / posts;
    clay.column(x0 + (x1 - x0) * t, z0 + (z1 - z0) * t, 0.07, 0, height, METAL.white, 6);
  }
  for (const y of [height * 0.5, height - 0.08]) thick(clay, line, 0.04, y, y + 0.08, METAL.white);
}

/** The frame of a door, and its leaf where it is closed. */
export function door(clay: Clay, { line, open }: Door, wood: boolean): void {
  const [x0, z0, x1, z1] = line;
  const length = Math.hypot(x1 - x0, z1 - z0);
  const tint = wood ? WOOD.pillar : METAL.silver;
  for (const [x, z] of [
    [x0, z0],
    [x1, z1],
  ] as const)
    clay.column(x, z, 0.16, 0, DOOR_HEIGHT, tint, 6);
  thick(clay, line, 0.17, DOOR_HEIGHT - 0.25, DOOR_HEIGHT, tint);
  if (!open) {
    thick(
      clay,
      line,
      0.06,
      0.05,
      DOOR_HEIGHT - 0.3,
      wood ? WOOD.door : "#7d8b90",
      wood ? Style.plain : Style.plain,
    );
    const mx = (x0 + x1) / 2;
    const mz = (z0 + z1) / 2;
    clay.column(mx + (x1 - x0) * 0.35, mz + (z1 - z0) * 0.35, 0.1, 1, 1.15, METAL.gold, 6);
  }
  void length;
}
