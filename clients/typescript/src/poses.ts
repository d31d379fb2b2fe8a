// The pose lane: what 18 bytes say of oneself, and what a frame says of the others.
import { ProtocolError } from "./faults.ts";

/** What an avatar does; from 16 on the city's own. */
export const STANCE = {
  stand: 0,
  walk: 1,
  run: 2,
  sit: 3,
  raiseHand: 4,
  wave: 5,
  clap: 6,
  dance: 7,
  fly: 8,
} as const;

export const BEGINS = 1;
export const ENDS = 2;
export const GONE = 4;
export const ON_STAGE = 8;

const HEAD_BYTES = 4;
export const ENTRY_BYTES = 10;
const GONE_BYTES = 2;

/** Radians of one unit of a pose's yaw, and of an entry's. */
export const TURN_65536 = (2 * Math.PI) / 65536;
export const TURN_256 = (2 * Math.PI) / 256;

/** Where an avatar is: metres, radians counter-clockwise from above, 0 looks south (+z). */
export interface Pose {
  x: number;
  y: number;
  z: number;
  yaw: number;
  stance: number;
}

/** The message that tells one's own pose. */
export function encodePose(pose: Readonly<Pose>, seq: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(18);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0xd8; // fixext 16
  bytes[1] = 1;
  view.setFloat32(2, pose.x, true);
  view.setFloat32(6, pose.y, true);
  view.setFloat32(10, pose.z, true);
  view.setUint16(14, Math.round(pose.yaw / TURN_65536) & 0xffff, true);
  bytes[16] = pose.stance;
  bytes[17] = seq & 0xff;
  return bytes;
}

/** Some of those in a cell, as a frame tells them; `at` is where its entries begin in the frame's bytes. */
export interface Block {
  cell: number;
  flags: number;
  count: number;
  at: number;
}

export interface Frame {
  tickMs: number;
  view: DataView;
  blocks: Block[];
}

/** The class of a block: its cell is told every 2^class ticks. */
export function classOf(flags: number): number {
  return (flags >> 4) & 7;
}

/** Reads the bytes of ext 2 whole; raises ProtocolError where they do not fit. */
export function readFrame(data: Uint8Array): Frame {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 4) throw new ProtocolError("a frame without its tick");
  const blocks: Block[] = [];
  let at = 4;
  while (at < data.length) {
    if (data.length - at < HEAD_BYTES) throw new ProtocolError("a frame ends inside a block's head");
    const block = {
      cell: view.getUint16(at, true),
      flags: view.getUint8(at + 2),
      count: view.getUint8(at + 3),
    };
    at += HEAD_BYTES;
    blocks.push({ ...block, at });
    at += block.count * (block.flags & GONE ? GONE_BYTES : ENTRY_BYTES);
    if (at > data.length) throw new ProtocolError("a frame ends inside a block");
  }
  return { tickMs: view.getUint32(0, true), view, blocks };
}

/** How many are in a tile beyond the view (255 is 255 or more), and where they look on the whole, in radians. */
export interface Tile {
  tile: number;
  count: number;
  heading: number;
}

/** Reads the bytes of ext 3; raises ProtocolError where they do not fit. */
export function readTiles(data: Uint8Array): Tile[] {
  if (data.length < 4 || data.length % 4) throw new ProtocolError("tiles of no whole number");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const tiles: Tile[] = [];
  for (let at = 4; at < data.length; at += 4)
    tiles.push({
      tile: view.getUint16(at, true),
      count: view.getUint8(at + 2),
      heading: view.getUint8(at + 3) * TURN_256,
    });
  return tiles;
}
