// Every byte vector is read to what it holds, and what a client says is packed to what they hold.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isExt, pack, unpack } from "../src/codec.ts";
import { ProtocolError } from "../src/faults.ts";
import {
  type Block,
  ENTRY_BYTES,
  encodePose,
  GONE,
  readFrame,
  readTiles,
  TURN_256,
  TURN_65536,
} from "../src/poses.ts";
import { VECTORS } from "./vectors.ts";

function entriesOf(view: DataView, block: Block): unknown[] {
  return Array.from({ length: block.count }, (_, n) => {
    if (block.flags & GONE) return view.getUint16(block.at + 2 * n, true);
    const at = block.at + n * ENTRY_BYTES;
    const u16 = (offset: number) => view.getUint16(at + offset, true);
    return [
      u16(0),
      u16(2),
      u16(4),
      view.getInt16(at + 6, true),
      view.getUint8(at + 8),
      view.getUint8(at + 9),
    ];
  });
}

function told(data: Uint8Array): unknown[] {
  return unpack(data).map((item) => {
    if (!isExt(item)) return item;
    const view = new DataView(item.data.buffer, item.data.byteOffset, item.data.byteLength);
    if (item.ext === 2) {
      const frame = readFrame(item.data);
      const blocks = frame.blocks.map((block) => ({
        cell: block.cell,
        flags: block.flags,
        entries: entriesOf(view, block),
      }));
      return { ext: 2, tick_ms: frame.tickMs, blocks };
    }
    const tiles = readTiles(item.data).map((tile) => [
      tile.tile,
      tile.count,
      Math.round(tile.heading / TURN_256),
    ]);
    return { ext: 3, tick_ms: view.getUint32(0, true), tiles };
  });
}

for (const vector of VECTORS.filter((vector) => vector.from === "server"))
  test(`${vector.name} is read as its vector says`, () => {
    assert.deepEqual(told(vector.bytes), vector.items);
  });

for (const vector of VECTORS.filter(
  (vector) => vector.from === "client" && !vector.items.some((one) => "ext" in one),
))
  test(`${vector.name} is packed to what its vector holds`, () => {
    const packed = vector.items.map((item) => unpack(pack(item))[0]);
    assert.deepEqual(packed, vector.items);
    assert.deepEqual(unpack(vector.bytes), vector.items);
  });

test("there are vectors of both sides", () => {
  assert.ok(VECTORS.filter((vector) => vector.from === "server").length > 50);
  assert.ok(VECTORS.filter((vector) => vector.from === "client").length > 50);
});

test("a pose is the bytes of its vector", () => {
  const vector = VECTORS.find((each) => each.name === "pose")!;
  const { x, y, z, yaw, stance, seq } = vector.items[0] as Record<string, number>;
  const pose = { x: x!, y: y!, z: z!, yaw: yaw! * TURN_65536, stance: stance! };
  assert.deepEqual(encodePose(pose, seq!), vector.bytes);
});

test("a yaw beyond a whole turn, or before none, is the same direction", () => {
  const yawOf = (yaw: number) =>
    new DataView(encodePose({ x: 0, y: 0, z: 0, yaw, stance: 0 }, 0).buffer).getUint16(14, true);
  assert.equal(yawOf(-Math.PI / 2), 49152);
  assert.equal(yawOf(2 * Math.PI), 0);
  assert.equal(yawOf(5 * Math.PI), 32768);
});

for (const [name, bytes] of Object.entries({
  "no MessagePack": [0xc1],
  "cut off": [0x82, 0xa4],
  "two values": [0x80, 0x80],
  "a number": [0x07],
  "a map without a type": [0x80],
  "a list with a number": [0x91, 0x07],
}))
  test(`${name} is a fault of the server's`, () => {
    assert.throws(() => unpack(Uint8Array.from(bytes)), ProtocolError);
  });

test("a frame that ends too soon is a fault of the server's, wherever it ends", () => {
  const vector = VECTORS.find((each) => each.name === "frame.moved")!;
  const item = unpack(vector.bytes)[0]!;
  assert.ok(isExt(item));
  for (let end = 0; end < item.data.length; end++) {
    const cut = item.data.slice(0, end);
    const isWhole = end === 4 || readsWhole(cut);
    if (!isWhole) assert.throws(() => readFrame(cut), ProtocolError, `${end}`);
  }
});

/** Whether a frame's bytes end just where a block does, told without our reader. */
function readsWhole(data: Uint8Array): boolean {
  let at = 4;
  while (at < data.length) at += 4 + (data[at + 3] ?? 0) * ((data[at + 2] ?? 0) & GONE ? 2 : ENTRY_BYTES);
  return at === data.length && data.length >= 4;
}
