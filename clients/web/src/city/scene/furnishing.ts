// What makes a room of a building one: a floor by the kind of its zone, and benches, plants and banners along its walls.
//
// It stands where no door opens and nothing is read, and so close to the walls that nobody walks there.
import { type Material, Mesh } from "three";
import {
  type Building,
  bounds,
  chanceOf,
  contains,
  type District,
  middle,
  type Outline,
  rectangles,
  type Zone,
} from "../plan";
import { boxOf, Clay, ring, Style, type StyleNumber, scaled, type V3 } from "./clay";
import { LEAVES, METAL, STONE, WOOD } from "./palette";

/** The floor of a room; kinds that are not named have none of their own. */
const FLOORS: Record<string, [tint: string, style: StyleNumber]> = {
  lobby: ["#d3c5a9", Style.carpet],
  hall: ["#b58f66", Style.parquet],
  gallery: ["#a98a68", Style.parquet],
  library: ["#a3825c", Style.parquet],
  petition_room: ["#b4c2ae", Style.carpet],
  department: ["#b7bfbf", Style.carpet],
  office: ["#b8967a", Style.carpet],
  lecture: ["#bd9a70", Style.parquet],
  mentoring: ["#c9b08a", Style.carpet],
  room: ["#bba98c", Style.carpet],
  exhibition: ["#c8c1b4", Style.carpet],
  control_room: ["#7f8f96", Style.carpet],
  theatre: ["#96554a", Style.carpet],
};

const BANNERS = ["#2f6f64", "#b5533c", "#c9963f", "#3a5a86", "#8a5a83"];

/** One of them about every so many metres of wall. */
const EVERY_M = 4.2;
/** Their middle, from the wall. */
const FROM_WALL_M = 0.42;
/** Of the floors in buildings.ts a room's own lies so far above that the two are told apart from afar. */
const FLOOR_M = 0.03;
/** Nothing stands so near to a door, a gate or what is read. */
const CLEAR_M = 2.4;
/** So wide is a place at a counter. */
const PLACE_M = 3.8;
/** And a screen on a desk of a control room, with the room beside it. */
const MONITOR_M = 1.5;
/** Lower ones are counters, over which one looks. */
const WALL_M = 2;

export function furnishing(district: District, material: Material): Mesh {
  const clay = new Clay();
  const rooms = district.zones.filter(
    ({ kind, polygon }) =>
      kind in FLOORS && district.buildings.some((each) => isRoof(each.look, each.footprint, polygon)),
  );
  for (const room of rooms) furnish(clay, district, room);
  windows(clay, district);
  for (const desk of district.buildings) if (isControlDesk(district, desk)) monitors(clay, desk);
  const mesh = new Mesh(clay.geometry(), material);
  mesh.castShadow = mesh.receiveShadow = true;
  return mesh;
}

function isRoof(look: string, footprint: Outline, room: Outline): boolean {
  return look !== "furniture" && contains(footprint, ...middle(room));
}

function furnish(clay: Clay, district: District, room: Zone): void {
  const [tint, style] = FLOORS[room.kind]!;
  for (const { x0, z0, x1, z1 } of rectangles(room.polygon) ?? []) {
    const least = Math.min(x1 - x0, z1 - z0);
    if (least < 5) continue;
    const lay = (from: number, over: number, of: string, how: StyleNumber) =>
      clay.lid(boxOf(x0 + from, z0 + from, x1 - from, z1 - from), FLOOR_M + over, of, how);
    lay(1.2, 0.012, "#e2d5ba", Style.plain);
    lay(1.4, 0.024, tint, style);
    if (least < 9 || style === Style.parquet) continue;
    lay(2.4, 0.036, "#e2d5ba", Style.plain);
    lay(2.5, 0.048, tint, style);
  }
  const outline = room.polygon;
  let n = 0;
  for (let i = 0; i < outline.length; i++) {
    const [ax, az] = outline[i]!;
    const [bx, bz] = outline[(i + 1) % outline.length]!;
    const length = Math.hypot(bx - ax, bz - az);
    const places = Math.floor(length / EVERY_M);
    const [dx, dz] = [(bx - ax) / length, (bz - az) / length];
    for (let k = 0; k < places; k++) {
      const along = ((k + 0.5) / places) * length;
      const [x, z] = [ax + dx * along, az + dz * along];
      // into the room
      const into = contains(outline, x - dz * 0.3, z + dx * 0.3) ? 1 : -1;
      const [nx, nz] = [-dz * into, dx * into];
      if (!hasWall(district, x, z) || !isClear(district, x + nx, z + nz)) continue;
      stand(clay, x, z, nx, nz, n++, `${room.id} ${i} ${k}`);
    }
  }
}

/** Along a counter where one is served: a pane and a screen at each place, which stand on it. */
function windows(clay: Clay, district: District): void {
  const staffed = district.zones.filter(({ kind }) => kind === "counter");
  for (const { around, height, lines } of district.walls) {
    if (around || height < 0.8 || height > 1.3) continue;
    for (const [x0, z0, x1, z1] of lines) {
      const length = Math.hypot(x1 - x0, z1 - z0);
      const [ux, uz] = [(x1 - x0) / length, (z1 - z0) / length];
      const isBehind = (way: number) =>
        staffed.some(({ polygon }) => contains(polygon, (x0 + x1) / 2 - uz * way, (z0 + z1) / 2 + ux * way));
      const way = isBehind(1) ? 1 : isBehind(-1) ? -1 : 0;
      if (!way) continue;
      const slab = (
        along: number,
        half: number,
        off: number,
        y0: number,
        y1: number,
        tint: string,
        style?: StyleNumber,
      ) => {
        const at = (a: number, b: number): [number, number] => [
          x0 + ux * a - uz * b * way,
          z0 + uz * a + ux * b * way,
        ];
        clay.prism(
          [
            at(along - half, off - 0.05),
            at(along + half, off - 0.05),
            at(along + half, off + 0.05),
            at(along - half, off + 0.05),
          ],
          y0,
          y1,
          tint,
          style,
        );
      };
      const places = Math.max(1, Math.floor(length / PLACE_M));
      for (let n = 0; n < places; n++) {
        const along = ((n + 0.5) / places) * length;
        const tint = BANNERS[n % BANNERS.length]!;
        slab(along - 1.1, 0.04, 0, height, height + 0.55, "#cfe0dd");
        slab(along + 1.1, 0.04, 0, height, height + 0.55, "#cfe0dd");
        slab(along, 0.42, 0.22, height + 0.02, height + 0.42, "#20303a", Style.screen);
        slab(along, 0.03, 0.24, height + 0.4, height + 1.2, METAL.silver);
        slab(along, 0.62, 0.24, height + 1.2, height + 1.62, tint);
        slab(along, 0.5, 0.18, height + 1.3, height + 1.52, "#fbf5e6");
      }
    }
  }
}

function isControlDesk({ zones }: District, { look, height, footprint }: Building): boolean {
  const [x, z] = middle(footprint);
  const isDesk = look === "furniture" && height > 1.05 && height <= 1.5;
  return isDesk && zones.some(({ kind, polygon }) => kind === "control_room" && contains(polygon, x, z));
}

/** On a desk of a control room: one screen beside the other, which show the same on both sides. */
function monitors(clay: Clay, { footprint, height }: Building): void {
  const { x0, z0, x1, z1 } = bounds(footprint);
  const along = x1 - x0 >= z1 - z0;
  const long = along ? x1 - x0 : z1 - z0;
  const across = along ? (z0 + z1) / 2 : (x0 + x1) / 2;
  const n = Math.floor(long / MONITOR_M);
  const slab = (from: number, to: number, half: number, y0: number, y1: number, style?: StyleNumber) => {
    const [a, b] = [from + (along ? x0 : z0), to + (along ? x0 : z0)];
    const outline = along
      ? boxOf(a, across - half, b, across + half)
      : boxOf(across - half, a, across + half, b);
    clay.prism(outline, y0, y1, style === Style.screen ? "#20303a" : "#3a4046", style);
  };
  for (let i = 0; i < n; i++) {
    const middle = ((i + 0.5) / n) * long;
    slab(middle - 0.06, middle + 0.06, 0.05, height, height + 0.14);
    slab(middle - 0.56, middle + 0.56, 0.045, height + 0.14, height + 0.72, Style.screen);
  }
}

function hasWall(district: District, x: number, z: number): boolean {
  return district.walls.some(
    ({ height, lines }) =>
      height >= WALL_M && lines.some(([x0, z0, x1, z1]) => distance(x, z, x0, z0, x1, z1) < 0.3),
  );
}

function isClear(district: District, x: number, z: number): boolean {
  const { doors, portals, exhibits, stages, buildings } = district;
  return (
    doors.every(({ line }) => distance(x, z, ...line) > CLEAR_M) &&
    [...portals, ...exhibits, ...stages].every(({ at }) => Math.hypot(at[0] - x, at[1] - z) > CLEAR_M) &&
    buildings.every(({ look, footprint }) => look !== "furniture" || !contains(scaled(footprint, 1.3), x, z))
  );
}

function distance(x: number, z: number, x0: number, z0: number, x1: number, z1: number): number {
  const [dx, dz] = [x1 - x0, z1 - z0];
  const t = Math.min(1, Math.max(0, ((x - x0) * dx + (z - z0) * dz) / (dx * dx + dz * dz || 1)));
  return Math.hypot(x0 + dx * t - x, z0 + dz * t - z);
}

/** By turns a bench with a banner over it, and a plant; (nx, nz) looks into the room. */
function stand(clay: Clay, x: number, z: number, nx: number, nz: number, n: number, seed: string): void {
  const at = (side: number, out: number): [number, number] => [
    x + nx * out - nz * side,
    z + nz * out + nx * side,
  ];
  const slab = (half: number, from: number, to: number, y0: number, y1: number, tint: string) =>
    clay.prism([at(-half, from), at(half, from), at(half, to), at(-half, to)], y0, y1, tint);
  if (n % 2) {
    plant(clay, ...at(0, FROM_WALL_M), seed);
    return;
  }
  for (const side of [-0.7, 0.7]) {
    const [fx, fz] = at(side, FROM_WALL_M);
    clay.column(fx, fz, 0.07, 0, 0.4, WOOD.dark, 6);
  }
  slab(0.95, 0.18, 0.66, 0.4, 0.47, WOOD.pale);
  const tint = BANNERS[Math.floor(chanceOf(seed) * BANNERS.length)]!;
  slab(0.62, 0.14, 0.18, 1.35, 3.1, tint);
  slab(0.7, 0.12, 0.2, 3.1, 3.18, WOOD.dark);
  slab(0.44, 0.18, 0.185, 1.6, 2.85, "#f3ead8");
}

function plant(clay: Clay, x: number, z: number, seed: string): void {
  clay.prism(ring(x, z, 0.24, 8), 0, 0.46, STONE.plaster, Style.plain, { taper: 1.25, top: WOOD.dark });
  const green = LEAVES.pine[1]!;
  for (let i = 0; i < 3; i++) {
    const r = 0.36 - i * 0.07;
    const y = 0.72 + i * 0.36;
    const rings: V3[][] = [];
    for (let level = 0; level <= 3; level++) {
      const t = (level / 3 - 0.5) * Math.PI;
      rings.push(
        ring(x, z, Math.max(0.02, r * Math.cos(t)), 7, chanceOf(seed, i)).map(
          ([px, pz]): V3 => [px, y + r * 1.1 * Math.sin(t), pz],
        ),
      );
    }
    clay.loft(rings, i === 1 ? "#5d8a58" : green, Style.plain);
  }
}
