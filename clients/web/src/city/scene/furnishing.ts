// What makes a room of a building one: a carpet by the kind of its zone, and benches, plants and banners along its walls.
//
// It stands where no door opens and nothing is read, and so close to the walls that nobody walks there.
import { type Material, Mesh } from "three";
import { chanceOf, contains, type District, middle, type Outline, rectangles, type Zone } from "../plan";
import { Clay, ring, Style, scaled, type V3 } from "./clay";
import { LEAVES, STONE, WOOD } from "./palette";

/** Of which colour a room's carpet is; kinds that are not named have none. */
const CARPETS: Record<string, string> = {
  lobby: "#9d7f64",
  hall: "#86654f",
  gallery: "#5f6f66",
  library: "#6f7a5a",
  petition_room: "#4f7a70",
  department: "#6d7f8c",
  office: "#8c6f5c",
  lecture: "#7a6a86",
  mentoring: "#a3835a",
  room: "#8c7a62",
  exhibition: "#6a6f78",
  theatre: "#7f5248",
};

const BANNERS = ["#2f6f64", "#b5533c", "#c9963f", "#3a5a86", "#8a5a83"];

/** One of them about every so many metres of wall. */
const EVERY_M = 4.2;
/** Their middle, from the wall. */
const FROM_WALL_M = 0.42;
/** Of the floors in buildings.ts a carpet lies so far above that the two are told apart from afar. */
const FLOOR_M = 0.03;
/** Nothing stands so near to a door, a gate or what is read. */
const CLEAR_M = 2.4;
/** Lower ones are counters, over which one looks. */
const WALL_M = 2;

export function furnishing(district: District, material: Material): Mesh {
  const clay = new Clay();
  const rooms = district.zones.filter(
    ({ kind, polygon }) =>
      kind in CARPETS && district.buildings.some((each) => isRoof(each.look, each.footprint, polygon)),
  );
  for (const room of rooms) furnish(clay, district, room);
  const mesh = new Mesh(clay.geometry(), material);
  mesh.castShadow = mesh.receiveShadow = true;
  return mesh;
}

function isRoof(look: string, footprint: Outline, room: Outline): boolean {
  return look !== "furniture" && contains(footprint, ...middle(room));
}

function furnish(clay: Clay, district: District, room: Zone): void {
  const tint = CARPETS[room.kind]!;
  for (const { x0, z0, x1, z1 } of rectangles(room.polygon) ?? []) {
    if (Math.min(x1 - x0, z1 - z0) < 5) continue;
    clay.box(x0 + 1.5, FLOOR_M, z0 + 1.5, x1 - 1.5, FLOOR_M + 0.012, z1 - 1.5, "#d8c9ab");
    clay.box(x0 + 1.75, FLOOR_M, z0 + 1.75, x1 - 1.75, FLOOR_M + 0.024, z1 - 1.75, tint);
    if (Math.min(x1 - x0, z1 - z0) < 9) continue;
    clay.box(x0 + 2.6, FLOOR_M, z0 + 2.6, x1 - 2.6, FLOOR_M + 0.036, z1 - 2.6, "#d8c9ab");
    clay.box(x0 + 2.72, FLOOR_M, z0 + 2.72, x1 - 2.72, FLOOR_M + 0.048, z1 - 2.72, tint);
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
