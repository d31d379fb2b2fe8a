// A page that nobody looks at for an hour: its timers run once a minute or not at all, and afterwards it shows what is so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ExtData, encode } from "@msgpack/msgpack";
import type { Client } from "../src/client.ts";
import { BEGINS, ENDS } from "../src/poses.ts";
import { frameBytes, listed, type Row } from "./ground.ts";
import { Paper, settled } from "./paper.ts";

const MINUTE_MS = 60_000;
const TICK_MS = 100;
const FRAME_MS = 16.7;
const WALKERS = 12;

/** Everyone of the cell where one is, each on a way of their own; `from` is the first slot. */
function crowd(tickMs: number, from = 20): Row[] {
  return Array.from({ length: WALKERS }, (_, n): Row => {
    const along = ((tickMs / 1000) * 2 + n) % 8;
    return [from + n, 1 + along, 1 + (n % 8)];
  });
}

/** The city tells a frame of this moment. */
function show(paper: Paper, serverMs: number, from = 20): void {
  const block = listed(0, BEGINS | ENDS, ...crowd(serverMs, from));
  paper.line.sayBytes(encode(new ExtData(2, frameBytes(serverMs, block))));
}

/** Where those who are seen are shown, against where they are `behindMs` before this moment: the largest error, metres. */
function error(client: Client, serverMs: number, from = 20): number {
  const others = [...client.others()];
  assert.deepEqual(
    others.map(({ slot }) => slot).sort((a, b) => a - b),
    Array.from({ length: WALKERS }, (_, n) => from + n),
  );
  const then = crowd(serverMs - client.behindMs, from);
  return Math.max(
    ...others.map(({ slot, x, z }) => {
      const [, trueX, trueZ] = then[slot - from]!;
      const off = Math.abs(x - trueX);
      return Math.hypot(Math.min(off, 8 - off), z - trueZ);
    }),
  );
}

test("an hour with timers once a minute leaves nothing behind: all is heard once, and shown where it is", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const heard: number[] = [];
  const states: string[] = [];
  client.on("chat.said", ({ n }) => heard.push(n));
  client.on("state", ({ state }) => states.push(state));
  const offsetMs = client.serverTime - paper.nowMs;
  client.cards.of(20);
  let waiting = 0;
  for (let minute = 1; minute <= 60; minute++) {
    for (let tick = 0; tick < MINUTE_MS / TICK_MS; tick++) {
      paper.nowMs += TICK_MS;
      show(paper, paper.nowMs + offsetMs);
    }
    paper.line.say({
      type: "chat.said",
      n: minute,
      at: 1,
      message: `m-${minute}`,
      from: {},
      to: "zone",
      text: "hi",
    });
    await paper.pass(0);
    const { t } = paper.line.last("ping");
    paper.line.say({ type: "pong", t, server_time: (t as number) + offsetMs });
    if (minute === 2) waiting = paper.waiting;
  }
  assert.deepEqual(states, []);
  assert.equal(paper.lines.length, 1);
  assert.deepEqual(
    heard,
    Array.from({ length: 60 }, (_, n) => n + 1),
  );
  assert.ok((paper.line.last("ack")["n"] as number) >= 59, "what was heard is acknowledged");
  assert.ok(paper.waiting <= waiting, `${paper.waiting} timers wait, and ${waiting} did an hour before`);
  assert.equal(client.picture!.count, WALKERS);
  // the first picture after it is the true one: nobody catches up with an hour
  assert.ok(error(client, paper.nowMs + offsetMs) < 0.2);
  assert.ok(client.behindMs < 400);
  const asked = paper.line.all("avatar.who").length;
  assert.ok(asked <= 1, `who somebody is was asked ${asked} times where nobody looked`);
});

test("an hour asleep ends the session: one attempt brings one back, to where one was and to who is there now", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  client.me.stand(5, 6);
  let serverMs = client.serverTime;
  for (let n = 0; n < 40; n++) {
    paper.nowMs += TICK_MS;
    serverMs += TICK_MS;
    show(paper, serverMs);
  }
  client.others();
  const states: string[] = [];
  client.on("state", ({ state, resumed }) => states.push(`${state} ${resumed ?? ""}`.trim()));
  // all that was due in the hour is due at once, and the line has long been cut
  paper.nowMs += 60 * MINUTE_MS;
  serverMs += 60 * MINUTE_MS;
  const dead = paper.line;
  await paper.pass(0);
  dead.cut();
  await paper.pass(1000);
  assert.equal(paper.lines.length, 2);
  paper.line.welcome({ session: "s-new", server_time: serverMs });
  await settled();
  assert.equal(client.others().count, 0, "nobody of an hour ago is shown");
  assert.deepEqual(paper.line.last("district.enter")["at"], { x: 5, z: 6 });
  paper.line.done("district.enter", { ...client.place, x: 5, z: 6 });
  await settled();
  for (let n = 0; n < 20; n++) {
    paper.nowMs += TICK_MS;
    serverMs += TICK_MS;
    show(paper, serverMs, 40);
  }
  assert.ok(error(client, serverMs, 40) < 0.2);
  assert.deepEqual(states, ["away", "here false"]);
});

test("a machine whose own clock stood while it slept shows others right within seconds", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  let serverMs = client.serverTime;
  const live = (ms: number) => {
    for (let frame = 0; frame < ms / FRAME_MS; frame++) {
      paper.nowMs += FRAME_MS;
      serverMs += FRAME_MS;
      if (frame % 6 === 0) show(paper, Math.round(serverMs));
      client.others();
    }
  };
  live(8000);
  serverMs += 25_000; // it slept, and the line lived on
  live(10_000);
  const [shown] = [...client.others()];
  const [, trueX] = crowd(serverMs - 200)[0]!;
  assert.ok(Math.abs(shown!.x - trueX) < 0.25, `shown at ${shown!.x}, and is at ${trueX}`);
});
