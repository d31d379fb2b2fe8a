// A small district and its frames, for tests of what is seen there.
import type { Place } from "../src/generated/words.ts";
import { type Frame, readFrame } from "../src/poses.ts";

export const ME = 5;

/** 60 x 40 m in cells of 10 m; one sees 15 m far. */
export function place(changes: Partial<Place> = {}): Place {
  return {
    district: "green",
    slot: ME,
    x: 5,
    y: 0,
    z: 5,
    yaw: 0,
    width: 60,
    depth: 40,
    cell_m: 10,
    columns: 6,
    tile_m: 20,
    tile_columns: 3,
    view_m: 15,
    precision: 0.01,
    tick_hz: 10,
    anchor: { lat: 37.5, lon: 127 },
    zones: [],
    portals: [],
    exhibits: [],
    services: {},
    ...changes,
  };
}

export type Row = [slot: number, x: number, z: number, yaw?: number];

/** A block of a frame: entries that stand on the ground. */
export function listed(cell: number, flags: number, ...rows: Row[]): number[] {
  const bytes = rows.flatMap(([slot, x, z, yaw = 0]) => [
    ...u16(slot),
    ...u16(Math.round(x * 100)),
    ...u16(Math.round(z * 100)),
    ...[0, 0, yaw, 1],
  ]);
  return [...u16(cell), flags, rows.length, ...bytes];
}

export function gone(...slots: number[]): number[] {
  return [...u16(0), 4, slots.length, ...slots.flatMap(u16)];
}

export function frameBytes(tickMs: number, ...blocks: number[][]): Uint8Array<ArrayBuffer> {
  const tick = new Uint8Array(4);
  new DataView(tick.buffer).setUint32(0, tickMs % 2 ** 32, true);
  return Uint8Array.from([...tick, ...blocks.flat()]);
}

export function frame(tickMs: number, ...blocks: number[][]): Frame {
  return readFrame(frameBytes(tickMs, ...blocks));
}

function u16(value: number): number[] {
  return [value & 0xff, value >> 8];
}

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
