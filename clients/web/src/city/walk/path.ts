// The way to a place: A* over a raster of 1 m, then drawn straight wherever nothing bars it.
import type { Barriers } from "./barriers";

const SIDE_M = 1;
/** Places looked at before giving up: a district of 600 m has 360,000. */
const MOST = 120_000;

type Place = [x: number, z: number];

/** Places to walk to one after the other, the last nearest to where one wants to be; empty where there is no way. */
export function wayTo(barriers: Barriers, from: Place, to: Place, width: number, depth: number): Place[] {
  if (barriers.isFree(...from, ...to) && barriers.hasRoom(...to)) return [to];
  const columns = Math.ceil(width / SIDE_M);
  const rows = Math.ceil(depth / SIDE_M);
  const at = (i: number): Place => [((i % columns) + 0.5) * SIDE_M, (Math.floor(i / columns) + 0.5) * SIDE_M];
  const indexOf = ([x, z]: Place) =>
    Math.min(rows - 1, Math.max(0, Math.floor(z / SIDE_M))) * columns +
    Math.min(columns - 1, Math.max(0, Math.floor(x / SIDE_M)));
  const room = new Int8Array(columns * rows); // 0 not looked at, 1 room, -1 none
  const hasRoom = (i: number) => {
    if (!room[i]) room[i] = barriers.hasRoom(...at(i)) ? 1 : -1;
    return room[i] > 0;
  };
  const cost = new Float32Array(columns * rows).fill(Infinity);
  const before = new Int32Array(columns * rows).fill(-1);
  const start = indexOf(from);
  const goal = at(indexOf(to));
  const guess = (i: number) => Math.hypot(at(i)[0] - goal[0], at(i)[1] - goal[1]);
  const open = new Heap();
  cost[start] = 0;
  open.push(start, guess(start));
  let best = start;
  let nearest = guess(start);
  for (let looked = 0; looked < MOST; looked++) {
    const here = open.pop();
    if (here < 0) break;
    const left = guess(here);
    if (left < nearest) [best, nearest] = [here, left];
    if (left < SIDE_M * 0.8) break;
    const [x, z] = here === start ? from : at(here);
    const column = here % columns;
    for (let dz = -1; dz <= 1; dz++) {
      for (let dx = -1; dx <= 1; dx++) {
        if ((!dx && !dz) || column + dx < 0 || column + dx >= columns) continue;
        const next = here + dz * columns + dx;
        if (next < 0 || next >= room.length || !hasRoom(next)) continue;
        const sum = cost[here]! + Math.hypot(dx, dz);
        if (sum >= cost[next]! || !barriers.isFree(x, z, ...at(next))) continue;
        cost[next] = sum;
        before[next] = here;
        open.push(next, sum + guess(next));
      }
    }
  }
  if (best === start) return [];
  const places: Place[] = [];
  for (let i = best; i !== start && i >= 0; i = before[i]!) places.unshift(at(i));
  if (nearest < SIDE_M && barriers.hasRoom(...to) && barriers.isFree(...places.at(-1)!, ...to))
    places[places.length - 1] = to;
  return straightened(barriers, from, places);
}

/** Leaves out what one can walk past in a straight line, with room at both shoulders. */
function straightened(barriers: Barriers, from: Place, places: Place[]): Place[] {
  const made: Place[] = [];
  let here = from;
  for (let i = 0; i < places.length; ) {
    let furthest = i;
    for (let k = Math.min(places.length - 1, i + 60); k > i; k--) {
      if (isWide(barriers, here, places[k]!)) {
        furthest = k;
        break;
      }
    }
    made.push(places[furthest]!);
    here = places[furthest]!;
    i = furthest + 1;
  }
  return made;
}

function isWide(barriers: Barriers, [x0, z0]: Place, [x1, z1]: Place): boolean {
  const length = Math.hypot(x1 - x0, z1 - z0) || 1;
  const ox = (-(z1 - z0) / length) * 0.4;
  const oz = ((x1 - x0) / length) * 0.4;
  return [-1, 0, 1].every((side) =>
    barriers.isFree(x0 + ox * side, z0 + oz * side, x1 + ox * side, z1 + oz * side),
  );
}

/** The least first. */
class Heap {
  private readonly items: number[] = [];
  private readonly weights: number[] = [];

  push(item: number, weight: number): void {
    let i = this.items.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.weights[parent]! <= weight) break;
      this.items[i] = this.items[parent]!;
      this.weights[i] = this.weights[parent]!;
      i = parent;
    }
    this.items[i] = item;
    this.weights[i] = weight;
  }

  /** -1 where nothing is left. */
  pop(): number {
    if (!this.items.length) return -1;
    const top = this.items[0]!;
    const item = this.items.pop()!;
    const weight = this.weights.pop()!;
    const n = this.items.length;
    if (n) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= n) break;
        if (child + 1 < n && this.weights[child + 1]! < this.weights[child]!) child++;
        if (this.weights[child]! >= weight) break;
        this.items[i] = this.items[child]!;
        this.weights[i] = this.weights[child]!;
        i = child;
      }
      this.items[i] = item;
      this.weights[i] = weight;
    }
    return top;
  }
}
