// Whom the frames of one district show: the rules of the wire for remembering and forgetting, and the last places.
//
// Every entry gets a serial number in the order in which it was told. A complete list that began at serial `s`
// forgets whoever of its cell has an older one. Columns are indexed by slot; the places of a slot are a ring.
import { eased } from "./clock.ts";
import { ProtocolError } from "./faults.ts";
import type { Place } from "./generated/words.ts";
import {
  BEGINS,
  classOf,
  ENDS,
  ENTRY_BYTES,
  type Frame,
  GONE,
  ON_STAGE,
  type Tile,
  TURN_256,
} from "./poses.ts";

/** An avatar without an entry for longer is forgotten. */
export const FORGET_MS = 8000;

/** A speaker on a stage is kept whatever the distance until longer without such an entry. */
export const STAGE_MS = 2000;

/** Places kept of each avatar: enough to draw between two while a third is late. */
const KEPT = 4;

/** Where those in view are shown at one moment: `count` rows in columns, so that a crowd costs no objects. */
export class Crowd implements Iterable<Other> {
  count = 0;
  slot = new Uint16Array(0);
  x = new Float32Array(0);
  y = new Float32Array(0);
  z = new Float32Array(0);
  /** Radians, as in `Pose`. */
  yaw = new Float32Array(0);
  stance = new Uint8Array(0);
  /** Metres a second along the ground, as they are shown. */
  speed = new Float32Array(0);

  room(rows: number): void {
    if (rows <= this.slot.length) return;
    const size = sizeFor(rows);
    this.slot = new Uint16Array(size);
    this.stance = new Uint8Array(size);
    for (const column of ["x", "y", "z", "yaw", "speed"] as const) this[column] = new Float32Array(size);
  }

  *[Symbol.iterator](): Iterator<Other> {
    for (let row = 0; row < this.count; row++)
      yield {
        slot: this.slot[row]!,
        x: this.x[row]!,
        y: this.y[row]!,
        z: this.z[row]!,
        yaw: this.yaw[row]!,
        stance: this.stance[row]!,
        speed: this.speed[row]!,
      };
  }
}

/** One of those in view. */
export interface Other {
  slot: number;
  x: number;
  y: number;
  z: number;
  yaw: number;
  stance: number;
  speed: number;
}

export class Picture {
  /** The newest frame's tick, unwrapped: it goes on rising when the wire's 32 bits begin anew. */
  tickMs = 0;
  /** The crowd beyond the view. */
  tiles: readonly Tile[] = [];
  /** Milliseconds between two ticks. */
  intervalMs: number;

  #told = 0;
  #count = 0;
  #slots = new Uint16Array(0);
  #beyond: Uint8Array;
  #begun = new Map<number, number>();
  #complete = new Map<number, number>();

  // By slot. `row` is the slot's row in #slots, or -1.
  #row = new Int32Array(0);
  #cell = new Uint16Array(0);
  #serial = new Float64Array(0);
  #stageMs = new Float64Array(0);
  #stepMs = new Float32Array(0);
  #lagMs = new Float32Array(0);
  #since = new Uint32Array(0);
  #newest = new Uint8Array(0);
  #filled = new Uint8Array(0);

  // By slot * KEPT + a place in the ring.
  #tick = new Float64Array(0);
  #x = new Float32Array(0);
  #y = new Float32Array(0);
  #z = new Float32Array(0);
  #yaw = new Uint8Array(0);
  #stance = new Uint8Array(0);

  constructor(readonly place: Place) {
    this.intervalMs = 1000 / place.tick_hz;
    this.#beyond = new Uint8Array(place.columns * Math.ceil(place.depth / place.cell_m));
    this.stand(place.x, place.z);
  }

  /** How many are in view. */
  get count(): number {
    return this.#count;
  }

  /** Whom one sees, in no order. */
  get slots(): Uint16Array {
    return this.#slots.subarray(0, this.#count);
  }

  has(slot: number): boolean {
    return (this.#row[slot] ?? -1) >= 0;
  }

  /** A number that is another whenever a slot came into view anew, and may so be another citizen's; 0 out of view. */
  sinceOf(slot: number): number {
    return this.has(slot) ? this.#since[slot]! : 0;
  }

  /** The cell of a slot in view, or undefined. */
  cellOf(slot: number): number | undefined {
    return this.has(slot) ? this.#cell[slot] : undefined;
  }

  /** The last place told of a slot in view, or undefined. */
  lastOf(slot: number): Other | undefined {
    if (!this.has(slot)) return undefined;
    const at = slot * KEPT + this.#newest[slot]!;
    return {
      slot,
      x: this.#x[at]!,
      y: this.#y[at]!,
      z: this.#z[at]!,
      yaw: this.#yaw[at]! * TURN_256,
      stance: this.#stance[at]!,
      speed: 0,
    };
  }

  /** Forgets everyone, as on every welcome. */
  clear(): void {
    while (this.#count) this.#forget(this.#slots[this.#count - 1]!);
    this.tiles = [];
  }

  /** One's own place, in metres: forgets who is wholly beyond the view now. */
  stand(x: number, z: number): void {
    const { cell_m: side, view_m: view, columns } = this.place;
    for (let cell = 0; cell < this.#beyond.length; cell++) {
      const left = (cell % columns) * side;
      const top = Math.floor(cell / columns) * side;
      const awayX = Math.max(left - x, x - left - side, 0);
      const awayZ = Math.max(top - z, z - top - side, 0);
      this.#beyond[cell] = awayX * awayX + awayZ * awayZ > view * view ? 1 : 0;
    }
    this.#forgetUnseen();
  }

  /** Takes in one frame; raises ProtocolError, and changes nothing, where it names no cell of the district. */
  take(frame: Frame): void {
    for (const block of frame.blocks)
      if (!(block.flags & GONE) && block.cell >= this.#beyond.length)
        throw new ProtocolError(`the district has no cell ${block.cell}`);
    this.tickMs += this.tickMs ? (frame.tickMs - this.tickMs) | 0 : frame.tickMs;
    for (const block of frame.blocks) {
      if (block.flags & GONE) {
        for (let n = 0; n < block.count; n++) this.#forget(frame.view.getUint16(block.at + 2 * n, true));
        continue;
      }
      if (block.flags & BEGINS) this.#begun.set(block.cell, this.#told);
      const stepMs = this.intervalMs * 2 ** classOf(block.flags);
      for (let n = 0; n < block.count; n++)
        this.#enter(
          frame.view,
          block.at + n * ENTRY_BYTES,
          block.cell,
          stepMs,
          (block.flags & ON_STAGE) !== 0,
        );
      const begun = this.#begun.get(block.cell);
      if (block.flags & ENDS && begun !== undefined) this.#complete.set(block.cell, begun);
    }
    if (this.#complete.size)
      for (let row = this.#count - 1; row >= 0; row--) {
        const slot = this.#slots[row]!;
        const begun = this.#complete.get(this.#cell[slot]!);
        if (begun !== undefined && this.#serial[slot]! <= begun) this.#forget(slot);
      }
    this.#begun.clear();
    this.#complete.clear();
    this.#forgetUnseen();
  }

  #enter(view: DataView, at: number, cell: number, stepMs: number, onStage: boolean): void {
    const slot = view.getUint16(at, true);
    if (slot === this.place.slot) return;
    if (slot >= this.#row.length) this.#makeRoom(slot + 1);
    if (this.#row[slot]! < 0) this.#remember(slot);
    // One whose cell is told every `stepMs` and who was not told of last time stood until then.
    const last = slot * KEPT + this.#newest[slot]!;
    if (this.#filled[slot]! && this.tickMs - this.#tick[last]! > stepMs * 1.5) {
      const stood = this.#next(slot, this.tickMs - stepMs);
      this.#x[stood] = this.#x[last]!;
      this.#y[stood] = this.#y[last]!;
      this.#z[stood] = this.#z[last]!;
      this.#yaw[stood] = this.#yaw[last]!;
      this.#stance[stood] = this.#stance[last]!;
    }
    const now = this.#next(slot, this.tickMs);
    const unit = this.place.precision;
    this.#x[now] = view.getUint16(at + 2, true) * unit;
    this.#z[now] = view.getUint16(at + 4, true) * unit;
    this.#y[now] = view.getInt16(at + 6, true) * unit;
    this.#yaw[now] = view.getUint8(at + 8);
    this.#stance[now] = view.getUint8(at + 9);
    this.#cell[slot] = cell;
    this.#stepMs[slot] = stepMs;
    this.#serial[slot] = ++this.#told;
    if (onStage) this.#stageMs[slot] = this.tickMs;
  }

  /** Where in the ring a slot's place at this tick goes. */
  #next(slot: number, tickMs: number): number {
    const filled = this.#filled[slot]!;
    let newest = this.#newest[slot]!;
    if (!filled || this.#tick[slot * KEPT + newest]! < tickMs) {
      newest = filled ? (newest + 1) % KEPT : 0;
      this.#newest[slot] = newest;
      this.#filled[slot] = Math.min(filled + 1, KEPT);
    }
    this.#tick[slot * KEPT + newest] = tickMs;
    return slot * KEPT + newest;
  }

  #remember(slot: number): void {
    this.#row[slot] = this.#count;
    this.#slots[this.#count++] = slot;
    this.#filled[slot] = 0;
    this.#stageMs[slot] = Number.NEGATIVE_INFINITY;
    this.#lagMs[slot] = 0;
    this.#since[slot] = this.#since[slot]! + 1;
  }

  #forget(slot: number): void {
    const row = this.#row[slot] ?? -1;
    if (row < 0) return;
    const moved = this.#slots[--this.#count]!;
    this.#slots[row] = moved;
    this.#row[moved] = row;
    this.#row[slot] = -1;
  }

  #forgetUnseen(): void {
    for (let row = this.#count - 1; row >= 0; row--) {
      const slot = this.#slots[row]!;
      const quietMs = this.tickMs - this.#tick[slot * KEPT + this.#newest[slot]!]!;
      const away = this.#beyond[this.#cell[slot]!] && this.tickMs - this.#stageMs[slot]! > STAGE_MS;
      if (away || quietMs > FORGET_MS) this.#forget(slot);
    }
  }

  #makeRoom(slots: number): void {
    const size = sizeFor(slots);
    const grown = <A extends { set(from: A): void }>(column: A, empty: A): A => {
      empty.set(column);
      return empty;
    };
    const known = this.#row.length;
    this.#row = grown(this.#row, new Int32Array(size));
    this.#row.fill(-1, known);
    this.#slots = grown(this.#slots, new Uint16Array(size));
    this.#cell = grown(this.#cell, new Uint16Array(size));
    this.#serial = grown(this.#serial, new Float64Array(size));
    this.#stageMs = grown(this.#stageMs, new Float64Array(size));
    this.#stepMs = grown(this.#stepMs, new Float32Array(size));
    this.#lagMs = grown(this.#lagMs, new Float32Array(size));
    this.#since = grown(this.#since, new Uint32Array(size));
    this.#newest = grown(this.#newest, new Uint8Array(size));
    this.#filled = grown(this.#filled, new Uint8Array(size));
    this.#tick = grown(this.#tick, new Float64Array(size * KEPT));
    this.#x = grown(this.#x, new Float32Array(size * KEPT));
    this.#y = grown(this.#y, new Float32Array(size * KEPT));
    this.#z = grown(this.#z, new Float32Array(size * KEPT));
    this.#yaw = grown(this.#yaw, new Uint8Array(size * KEPT));
    this.#stance = grown(this.#stance, new Uint8Array(size * KEPT));
  }

  /**
   * Where everyone in view is shown at `nowMs` of the server's clock, into `crowd`.
   *
   * Each is shown `baseMs` and one step of their cell behind, so that there is a place on both sides of the moment;
   * when that changes, they catch up or fall back by at most `easeMs`.
   */
  show(crowd: Crowd, nowMs: number, baseMs: number, easeMs: number): Crowd {
    crowd.room(this.#count);
    crowd.count = this.#count;
    const now = this.tickMs + ((nowMs - this.tickMs) | 0) + (nowMs % 1);
    // all in one loop, as whatever is handed on to another function by thousands is made anew for each of them
    const tick = this.#tick;
    for (let row = 0; row < this.#count; row++) {
      const slot = this.#slots[row]!;
      const wanted = baseMs + this.#stepMs[slot]!;
      const lag = eased(this.#lagMs[slot]! || wanted, wanted, easeMs);
      this.#lagMs[slot] = lag;
      const atMs = now - lag;
      const ring = slot * KEPT;
      let last = ring + this.#newest[slot]!;
      let before = last;
      for (let kept = 1; kept < this.#filled[slot]! && tick[before]! > atMs; kept++) {
        last = before;
        before = before === ring ? ring + KEPT - 1 : before - 1;
      }
      const spanMs = tick[last]! - tick[before]!;
      const share = spanMs > 0 ? Math.min(Math.max((atMs - tick[before]!) / spanMs, 0), 1) : 1;
      const dx = this.#x[last]! - this.#x[before]!;
      const dz = this.#z[last]! - this.#z[before]!;
      const turn = ((this.#yaw[last]! - this.#yaw[before]! + 384) & 255) - 128;
      crowd.slot[row] = slot;
      crowd.x[row] = this.#x[before]! + dx * share;
      crowd.y[row] = this.#y[before]! + (this.#y[last]! - this.#y[before]!) * share;
      crowd.z[row] = this.#z[before]! + dz * share;
      crowd.yaw[row] = (this.#yaw[before]! + turn * share) * TURN_256;
      crowd.stance[row] = this.#stance[share > 0 ? last : before]!;
      crowd.speed[row] = share < 1 && spanMs > 0 ? (Math.sqrt(dx * dx + dz * dz) / spanMs) * 1000 : 0;
    }
    return crowd;
  }
}

function sizeFor(rows: number): number {
  return Math.max(256, 2 ** Math.ceil(Math.log2(rows)));
}
