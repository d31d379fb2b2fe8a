// What the city tells of a district's ground (GET /api/city/districts/{id}), and small questions about its shapes.

export type Language = "ko" | "en";
export type Text = Record<Language, string>;
export type Point = [number, number];
export type Outline = Point[];

export type BuildingLook =
  | "brick"
  | "concrete"
  | "furniture"
  | "glass"
  | "glass_wave"
  | "gate"
  | "hanok"
  | "hedge"
  | "house"
  | "market"
  | "metal_curve"
  | "mountain"
  | "palace"
  | "pavilion"
  | "statue"
  | "stone"
  | "stone_classical"
  | "tower";
export type Roof = "flat" | "hipped" | "gabled" | "double_hipped" | "dome" | "spire" | "wave" | "none";
export type GroundKind =
  | "flowers"
  | "lawn"
  | "path"
  | "paving"
  | "road"
  | "sand"
  | "soil"
  | "stone"
  | "water"
  | "wood";
export type TreeKind = "cherry" | "ginkgo" | "pine" | "plane" | "shrub" | "zelkova";

export interface Building {
  id: string;
  name: Text;
  footprint: Outline;
  height: number;
  base: number;
  taper: number;
  look: BuildingLook;
  roof: Roof;
}

export interface Wall {
  around: string | null;
  height: number;
  lines: [number, number, number, number][];
}

export interface Door {
  id: string;
  name: Text;
  line: [number, number, number, number];
  open: boolean;
  access: string[];
}

export interface Zone {
  id: string;
  name: Text;
  kind: string;
  polygon: Outline;
  access: string[];
  speech: boolean;
}

export interface Portal {
  id: string;
  name: Text;
  at: Point;
  yaw: number;
  radius: number;
  to: { district: string; portal: string };
}

export interface Exhibit {
  id: string;
  name: Text;
  at: Point;
  text: Text;
  link: string | null;
  record: { verified_at: string; verified_by: string; stale_after: string } | null;
}

export interface Stage {
  id: string;
  name: Text;
  at: Point;
  yaw: number;
  zone: string;
}

export interface District {
  id: string;
  name: Text;
  text: Text;
  presence: Text;
  width: number;
  depth: number;
  anchor: { lat: number; lon: number };
  spawns: { id: string; at: Point; yaw: number; radius: number }[];
  zones: Zone[];
  walls: Wall[];
  doors: Door[];
  portals: Portal[];
  stages: Stage[];
  exhibits: Exhibit[];
  buildings: Building[];
  grounds: { kind: GroundKind; polygon: Outline; id: string | null }[];
  trees: { kind: TreeKind; at: Point[]; height: number }[];
}

const known = new Map<string, Promise<District>>();

/** The ground of a district, asked for once. */
export function district(id: string): Promise<District> {
  let asked = known.get(id);
  if (!asked) {
    asked = fetch(`/api/city/districts/${encodeURIComponent(id)}`).then((answer) => {
      if (!answer.ok) throw new Error(`district ${id}: ${answer.status}`);
      return answer.json() as Promise<District>;
    });
    asked.catch(() => known.delete(id));
    known.set(id, asked);
  }
  return asked;
}

/** Whether a place lies inside an outline (even-odd rule). */
export function contains(outline: Outline, x: number, z: number): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    // asked many times a frame: taken apart by name, each corner would cost an iterator
    const xi = outline[i]![0];
    const zi = outline[i]![1];
    const xj = outline[j]![0];
    const zj = outline[j]![1];
    if (zi > z !== zj > z && x < ((xj - xi) * (z - zi)) / (zj - zi) + xi) inside = !inside;
  }
  return inside;
}

/** Signed area in square metres: positive when the points go counter-clockwise seen from below (x east, z south). */
export function signedArea(outline: Outline): number {
  let sum = 0;
  for (let i = 0; i < outline.length; i++) {
    const [x0, z0] = outline[i]!;
    const [x1, z1] = outline[(i + 1) % outline.length]!;
    sum += x0 * z1 - x1 * z0;
  }
  return sum / 2;
}

/** The same outline, its sides going round so that their outer side is on the left hand seen from above. */
export function wound(outline: Outline): Outline {
  return signedArea(outline) > 0 ? outline : [...outline].reverse();
}

export interface Bounds {
  x0: number;
  z0: number;
  x1: number;
  z1: number;
}

export function bounds(outline: Outline): Bounds {
  const box = { x0: Infinity, z0: Infinity, x1: -Infinity, z1: -Infinity };
  for (const [x, z] of outline) {
    box.x0 = Math.min(box.x0, x);
    box.z0 = Math.min(box.z0, z);
    box.x1 = Math.max(box.x1, x);
    box.z1 = Math.max(box.z1, z);
  }
  return box;
}

export function middle(outline: Outline): Point {
  const area = signedArea(outline);
  if (Math.abs(area) < 1e-6) return outline[0]!;
  let mx = 0;
  let mz = 0;
  for (let i = 0; i < outline.length; i++) {
    const [x0, z0] = outline[i]!;
    const [x1, z1] = outline[(i + 1) % outline.length]!;
    const cross = x0 * z1 - x1 * z0;
    mx += (x0 + x1) * cross;
    mz += (z0 + z1) * cross;
  }
  return [mx / (6 * area), mz / (6 * area)];
}

/** The outline drawn in (or out, when negative) by metres along its corners' bisectors; good for small amounts. */
export function inset(outline: Outline, metres: number): Outline {
  const round = wound(outline);
  const n = round.length;
  return round.map((point, i): Point => {
    const before = round[(i + n - 1) % n]!;
    const after = round[(i + 1) % n]!;
    const a = unit(point[0] - before[0], point[1] - before[1]);
    const b = unit(after[0] - point[0], after[1] - point[1]);
    // inward normals of sides that go round with their outer side on the left hand
    const nx = -a[1] - b[1];
    const nz = a[0] + b[0];
    const length = Math.hypot(nx, nz) || 1;
    const stretch = Math.min(2, 2 / Math.max(0.5, length));
    return [point[0] + (nx / length) * metres * stretch, point[1] + (nz / length) * metres * stretch];
  });
}

function unit(x: number, z: number): Point {
  const length = Math.hypot(x, z) || 1;
  return [x / length, z / length];
}

/** Cuts an outline of right angles into rectangles; null where a side is slanted. */
export function rectangles(outline: Outline): Bounds[] | null {
  for (let i = 0; i < outline.length; i++) {
    const [x0, z0] = outline[i]!;
    const [x1, z1] = outline[(i + 1) % outline.length]!;
    if (Math.abs(x0 - x1) > 0.01 && Math.abs(z0 - z1) > 0.01) return null;
  }
  const xs = [...new Set(outline.map(([x]) => x))].sort((a, b) => a - b);
  const zs = [...new Set(outline.map(([, z]) => z))].sort((a, b) => a - b);
  const taken = xs.slice(1).map(() => zs.slice(1).map(() => false));
  const free = (i: number, j: number) =>
    i < xs.length - 1 &&
    j < zs.length - 1 &&
    !taken[i]![j] &&
    contains(outline, (xs[i]! + xs[i + 1]!) / 2, (zs[j]! + zs[j + 1]!) / 2);
  const found: Bounds[] = [];
  for (let j = 0; j < zs.length - 1; j++) {
    for (let i = 0; i < xs.length - 1; i++) {
      if (!free(i, j)) continue;
      let right = i;
      while (free(right + 1, j)) right++;
      let down = j;
      const whole = (row: number) => {
        for (let k = i; k <= right; k++) if (!free(k, row)) return false;
        return true;
      };
      while (whole(down + 1)) down++;
      for (let k = i; k <= right; k++) for (let row = j; row <= down; row++) taken[k]![row] = true;
      found.push({ x0: xs[i]!, z0: zs[j]!, x1: xs[right + 1]!, z1: zs[down + 1]! });
    }
  }
  return found;
}

/** A number from 0 to 1 that is always the same for the same words: chance that every client shares. */
export function chanceOf(...words: (string | number)[]): number {
  let hash = 2166136261;
  for (const letter of words.join("|")) hash = Math.imul(hash ^ letter.codePointAt(0)!, 16777619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 2246822519);
  hash ^= hash >>> 13;
  return (hash >>> 0) / 4294967296;
}
