// What is seen, against the rules of the wire told once more in the plainest way; and shown smoothly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "../src/faults.ts";
import { Crowd, Picture } from "../src/picture.ts";
import { BEGINS, ENDS, GONE, ON_STAGE } from "../src/poses.ts";
import { chance, frame, gone, listed, ME, place, type Row } from "./ground.ts";

const COMPLETE = BEGINS | ENDS;
const FIRST_MS = 1_000_000;

type Told = { cell: number; flags: number; rows: Row[] } | { gone: number[] };

/** The rules of SPEC.md, step by step. */
class PlainPicture {
  seen = new Map<number, { x: number; z: number; cell: number; tick: number }>();
  spoke = new Map<number, number>();
  now = 0;
  x = 5;
  z = 5;

  stand(x: number, z: number): void {
    [this.x, this.z] = [x, z];
    this.forget();
  }

  take(tick: number, blocks: Told[]): void {
    this.now = tick;
    const lists = new Map<number, Set<number>>();
    const complete = new Map<number, Set<number>>();
    for (const block of blocks) {
      if ("gone" in block) {
        for (const slot of block.gone) this.seen.delete(slot);
        continue;
      }
      if (block.flags & BEGINS) lists.set(block.cell, new Set());
      for (const [slot, x, z] of block.rows) {
        if (slot === ME) continue;
        if (!this.seen.has(slot)) this.spoke.delete(slot);
        this.seen.set(slot, { x, z, cell: block.cell, tick });
        if (block.flags & ON_STAGE) this.spoke.set(slot, tick);
        lists.get(block.cell)?.add(slot);
        complete.get(block.cell)?.add(slot);
      }
      if (block.flags & ENDS && lists.has(block.cell)) complete.set(block.cell, lists.get(block.cell)!);
    }
    for (const [slot, { cell }] of this.seen)
      if (complete.has(cell) && !complete.get(cell)!.has(slot)) this.seen.delete(slot);
    this.forget();
  }

  forget(): void {
    for (const [slot, { cell, tick }] of this.seen) {
      const [column, row] = [cell % 6, Math.floor(cell / 6)];
      const awayX = Math.max(Math.abs((column + 0.5) * 10 - this.x) - 5, 0);
      const awayZ = Math.max(Math.abs((row + 0.5) * 10 - this.z) - 5, 0);
      const isBeyond = Math.hypot(awayX, awayZ) > 15 && this.now - (this.spoke.get(slot) ?? -Infinity) > 2000;
      if (isBeyond || this.now - tick > 8000) this.seen.delete(slot);
    }
  }
}

for (let seed = 1; seed <= 60; seed++)
  test(`whatever is told, one sees what the rules say (${seed})`, () => {
    const random = chance(seed);
    const below = (most: number) => Math.floor(random() * most);
    // Some begin just before the tick's 32 bits begin anew.
    let tick = seed % 2 ? 2 ** 32 - 5_000 : FIRST_MS;
    const picture = new Picture(place());
    const plain = new PlainPicture();
    for (let step = 0; step < 60; step++) {
      tick += [100, 100, 100, 900, 4000][below(5)]!;
      const blocks: Told[] = Array.from({ length: below(5) }, () => {
        if (random() < 0.15) return { gone: Array.from({ length: 1 + below(3) }, () => below(12)) };
        const rows = Array.from(
          { length: below(5) },
          (): Row => [below(12), below(6000) / 100, below(4000) / 100],
        );
        const flags = [0, COMPLETE, COMPLETE, BEGINS, ENDS, ON_STAGE, 32][below(7)]!;
        return { cell: below(24), flags, rows };
      });
      picture.take(
        frame(
          tick,
          ...blocks.map((b) => ("gone" in b ? gone(...b.gone) : listed(b.cell, b.flags, ...b.rows))),
        ),
      );
      plain.take(tick, blocks);
      if (random() < 0.3) {
        const [x, z] = [random() * 60, random() * 40];
        picture.stand(x, z);
        plain.stand(x, z);
      }
      assert.deepEqual(
        [...picture.slots].sort((a, b) => a - b),
        [...plain.seen.keys()].sort((a, b) => a - b),
      );
      for (const [slot, { x, z, cell }] of plain.seen) {
        const last = picture.lastOf(slot)!;
        assert.ok(Math.abs(last.x - x) < 0.001 && Math.abs(last.z - z) < 0.001);
        assert.equal(picture.cellOf(slot), cell);
      }
    }
  });

test("a frame that names no cell of the district changes nothing", () => {
  const picture = new Picture(place());
  picture.take(frame(FIRST_MS, listed(0, 0, [1, 2, 3])));
  assert.throws(() => picture.take(frame(FIRST_MS + 100, gone(1), listed(24, 0, [2, 2, 3]))), ProtocolError);
  assert.deepEqual([...picture.slots], [1]);
});

test("a slot that comes into view again may be someone else", () => {
  const picture = new Picture(place());
  picture.take(frame(FIRST_MS, listed(0, 0, [1, 2, 3])));
  const before = picture.sinceOf(1);
  picture.take(frame(FIRST_MS + 100, gone(1)));
  assert.equal(picture.sinceOf(1), 0);
  picture.take(frame(FIRST_MS + 200, listed(0, 0, [1, 2, 3])));
  assert.notEqual(picture.sinceOf(1), before);
});

test("thousands are seen at once, and cleared at once", () => {
  const picture = new Picture(place({ view_m: 100 }));
  for (let cell = 0; cell < 24; cell++)
    picture.take(
      frame(
        FIRST_MS,
        listed(
          cell,
          COMPLETE,
          ...Array.from({ length: 200 }, (_, n): Row => [10 + cell * 250 + n, cell, n / 10]),
        ),
      ),
    );
  assert.equal(picture.count, 4800);
  assert.equal(picture.show(new Crowd(), FIRST_MS, 0, 0).count, 4800);
  picture.clear();
  assert.equal(picture.count, 0);
});

const shownAt = (picture: Picture, atMs: number) => {
  const [other] = picture.show(new Crowd(), atMs, 0, 0);
  return other!;
};

test("one who walks is shown between the places that were told, a step behind", () => {
  const picture = new Picture(place());
  for (const n of [0, 1, 2, 3]) picture.take(frame(FIRST_MS + n * 100, listed(0, 0, [1, 1 + n, 2])));
  assert.ok(Math.abs(shownAt(picture, FIRST_MS + 350).x - 3.5) < 0.001);
  assert.ok(Math.abs(shownAt(picture, FIRST_MS + 300).x - 3) < 0.001);
  assert.ok(Math.abs(shownAt(picture, FIRST_MS + 240).x - 2.4) < 0.001);
  assert.ok(Math.abs(shownAt(picture, FIRST_MS + 240).speed - 10) < 0.01);
  assert.equal(shownAt(picture, FIRST_MS + 900).x, 4);
});

test("who was not told of stood still until a step before", () => {
  const picture = new Picture(place());
  picture.take(frame(FIRST_MS, listed(0, 0, [1, 1, 2])));
  picture.take(frame(FIRST_MS + 1000, listed(0, 0, [1, 2, 2])));
  assert.equal(shownAt(picture, FIRST_MS + 900).x, 1);
  assert.ok(Math.abs(shownAt(picture, FIRST_MS + 1050).x - 1.5) < 0.001);
});

test("one turns the shorter way round", () => {
  const picture = new Picture(place());
  picture.take(frame(FIRST_MS, listed(0, 0, [1, 1, 2, 250])));
  picture.take(frame(FIRST_MS + 100, listed(0, 0, [1, 1, 2, 6])));
  const turn = shownAt(picture, FIRST_MS + 150).yaw / (2 * Math.PI);
  assert.ok(Math.abs(turn - 1) < 0.001, `${turn}`);
});

for (const [rate, flags] of [
  [1, 0],
  [4, 2 << 4],
] as const)
  test(`a walk that is told every ${rate} ticks is shown without a jump`, () => {
    const picture = new Picture(place());
    const crowd = new Crowd();
    const speed = 1.4;
    let before: number | undefined;
    for (let ms = 0; ms < 6000; ms += 16) {
      // Frames arrive within 60 ms after their tick, each as late as it likes.
      const tick = Math.floor((ms - 60) / (100 * rate)) * 100 * rate;
      if (tick >= 0 && FIRST_MS + tick > picture.tickMs)
        picture.take(frame(FIRST_MS + tick, listed(0, flags, [1, 1 + (speed * tick) / 1000, 2])));
      if (!picture.count) continue;
      const [other] = picture.show(crowd, FIRST_MS + ms, 160, 1.6);
      if (before !== undefined && ms > 2000) {
        const step = other!.x - before;
        assert.ok(Math.abs(step - speed * 0.016) < 0.01, `${step} m in 16 ms at ${ms}`);
      }
      before = other!.x;
    }
  });

test("flags of later servers change nothing", () => {
  const picture = new Picture(place());
  picture.take(frame(FIRST_MS, listed(0, 128 | COMPLETE, [1, 2, 3]), [0, 0, GONE, 0]));
  assert.deepEqual([...picture.slots], [1]);
});
