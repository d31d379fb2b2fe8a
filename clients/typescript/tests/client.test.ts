// A client and a city on paper: what is said when, over lines that break, on a clock that the test moves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ExtData, encode } from "@msgpack/msgpack";
import { socketUrl } from "../src/address.ts";
import { Lost, Parted, Refused, Unreachable } from "../src/faults.ts";
import type { StateChange } from "../src/listeners.ts";
import { frameBytes, listed, place } from "./ground.ts";
import { Paper, settled } from "./paper.ts";

const fact = (n: number, type = "chat.said") => ({
  type,
  n,
  at: 1,
  message: `m-${n}`,
  from: {},
  to: "zone",
  text: "hi",
});

test("an address leads to the city's WebSocket", () => {
  assert.equal(socketUrl("http://127.0.0.1:8080"), "ws://127.0.0.1:8080/ws");
  assert.equal(socketUrl("https://city.example/"), "wss://city.example/ws");
  assert.equal(socketUrl("wss://city.example/other"), "wss://city.example/other");
  assert.throws(() => socketUrl("ftp://city.example"), TypeError);
});

test("the client says hello, waits for the welcome, and then asks what was asked meanwhile", async () => {
  const paper = new Paper();
  const client = paper.client({ name: "Mina", locale: "ko", token: () => "t-1" });
  const entering = client.enter("civil");
  await settled();
  const { line } = paper;
  assert.deepEqual(line.protocols, ["madang.v1"]);
  line.onopen?.();
  assert.equal(line.heard.length, 1);
  assert.deepEqual(
    [line.heard[0]!.type, line.heard[0]!["token"], line.heard[0]!["name"]],
    ["hello", "t-1", "Mina"],
  );
  line.welcome();
  line.done("district.enter", place());
  assert.equal((await entering).district, "green");
  assert.equal(client.state, "here");
  assert.equal((await client.welcomed).session, client.welcome?.session);
});

test("frames after the answer in the same message are of the new district", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  void client.enter("green");
  const { id } = paper.line.last("district.enter");
  const frame = new ExtData(2, frameBytes(1000, listed(0, 3, [9, 4, 4])));
  paper.line.sayBytes(encode([{ type: "done", id, result: place({ slot: 7 }) }, frame]));
  assert.deepEqual([...client.picture!.slots], [9]);
  assert.deepEqual(
    [...client.others()].map((other) => other.slot),
    [9],
  );
});

test("of several halls one knows one's own and how many are in each, also when it closes", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  assert.deepEqual(client.halls, { mine: 0, people: [] });
  void client.enter("green", undefined, { hall: 1 });
  assert.equal(paper.line.last("district.enter")["hall"], 1);
  paper.line.done("district.enter", place({ hall: 1, halls: [3, 2], hall_seats: 3 }));
  assert.deepEqual(client.halls, { mine: 1, people: [3, 2], seats: 3 });
  const crowd = { type: "district.crowd", district: "green", tick_hz: 10 };
  paper.line.say({ ...crowd, population: 4, halls: [2, 2], hall_seats: 3 });
  assert.deepEqual(client.halls, { mine: 1, people: [2, 2], seats: 3 });
  paper.line.say({ type: "district.reseated", n: 1, at: 1, district: "green", hall: 0 });
  assert.equal(client.halls.mine, 0);
  paper.line.say({ ...crowd, population: 4 });
  assert.deepEqual(client.halls, { mine: 0, people: [] });
});

test("a refusal is an error with its code and its field", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const asked = client.say("hello");
  const { id } = paper.line.last("chat.say");
  paper.line.say({
    type: "refused",
    id,
    code: "too_fast",
    message: "slowly",
    field: "text",
    retry_after_ms: 900,
  });
  await assert.rejects(asked, (error: Error) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual(
      [error.code, error.field, error.retryAfterMs, error.message],
      ["too_fast", "text", 900, "slowly"],
    );
    return true;
  });
});

test("facts are heard in order and acknowledged after 64, or after 5 s", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const heard: number[] = [];
  client.on("chat.said", (said) => heard.push(said.n));
  paper.line.say(...Array.from({ length: 64 }, (_, n) => fact(n + 1)));
  assert.deepEqual(paper.line.all("ack"), [{ type: "ack", n: 64 }]);
  paper.line.say(fact(65, "of.a.later.server"));
  await paper.pass(4900);
  assert.equal(paper.line.all("ack").length, 1);
  await paper.pass(200);
  assert.deepEqual(paper.line.last("ack"), { type: "ack", n: 65 });
  assert.equal(heard.length, 64);
});

test("a break is taken up again: the key of the last welcome, the last fact, what was asked with the same id", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const states: StateChange[] = [];
  client.on("state", (change) => states.push(change));
  paper.line.say(fact(1), fact(2));
  const first = client.say("once", "zone");
  const asked = paper.line.last("chat.say");
  paper.line.cut();
  assert.equal(client.state, "away");
  const later = client.say("twice", "zone");
  await paper.pass(500);
  const { line } = paper;
  line.onopen?.();
  assert.deepEqual(line.last("hello")["resume"], {
    session: client.welcome!.session,
    key: client.welcome!.resume_key,
    last: 2,
  });
  line.welcome({ resumed: true, resume_key: "k-2", place: place({ slot: 8, x: 20 }) });
  assert.deepEqual(line.all("chat.say")[0], asked);
  assert.equal(line.all("chat.say").length, 2);
  line.say({ type: "done", id: asked["id"], result: { message: "m-1", heard_by: 1 } });
  line.done("chat.say", { message: "m-2", heard_by: 1 });
  assert.deepEqual([(await first).message, (await later).message], ["m-1", "m-2"]);
  assert.deepEqual([client.me.x, client.place.slot, client.state], [20, 8, "here"]);
  line.say(fact(3));
  assert.deepEqual(
    states.map((change) => [change.state, change.resumed]),
    [
      ["away", undefined],
      ["here", true],
    ],
  );
});

test("where the session was over, one comes back to where one was, and asks again what may be asked again", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  client.me.stand(12, 7);
  const filed = client.ask("petitions.withdraw", { petition: "p-1" });
  const key = paper.line.last("petitions.withdraw")["key"];
  assert.equal(typeof key, "string");
  paper.line.cut();
  await paper.pass(500);
  paper.line.welcome({ session: "s-new" });
  assert.deepEqual(paper.line.last("district.enter")["at"], { x: 12, z: 7 });
  assert.equal(paper.line.last("petitions.withdraw")["key"], key);
  paper.line.done("petitions.withdraw", { petition: "p-1", state: "withdrawn" });
  assert.equal((await filed).state, "withdrawn");
  paper.line.say({
    type: "refused",
    id: paper.line.last("district.enter")["id"],
    code: "not_allowed",
    message: "",
  });
  await settled();
  assert.equal(paper.line.last("district.enter")["at"], undefined);
});

test("what somebody else's session cannot answer is lost", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const said = client.say("hello");
  const read = client.ask("petitions.list");
  paper.line.cut();
  await paper.pass(500);
  paper.line.welcome({ session: "s-new", citizen: { ...client.citizen, id: "another" } });
  await assert.rejects(said, Lost);
  assert.equal(paper.line.all("chat.say").length, 0);
  paper.line.done("petitions.list", { items: [] });
  assert.deepEqual(await read, { items: [] });
});

test("a ticket is spent once, and nobody becomes a visitor unasked", async () => {
  const paper = new Paper();
  const client = await paper.citizen({ ticket: "j-1" });
  assert.equal(paper.lines[0]!.heard[0]!["ticket"], "j-1");
  paper.line.cut();
  await paper.pass(500);
  paper.line.onopen?.();
  assert.equal(paper.line.heard[0]!["ticket"], undefined);
  paper.line.welcome({ session: "s-new" });
  assert.equal(client.state, "parted");
  await assert.rejects(client.say("hello"), Lost);
});

test("each failed attempt waits twice as long, up to half a minute, and hurrying waits no longer", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const waits: number[] = [];
  client.on("state", (change) => change.retryInMs !== undefined && waits.push(change.retryInMs));
  for (let n = 0; n < 9; n++) {
    paper.line.cut();
    await paper.pass(waits.at(-1)!);
  }
  assert.deepEqual(waits.slice(0, 4), [375, 750, 1500, 3000]);
  assert.equal(waits.at(-1), 22_500);
  assert.equal(paper.lines.length, 10);
  paper.line.cut();
  client.hurry();
  await settled();
  assert.equal(paper.lines.length, 11);
  client.hurry();
  await settled();
  assert.equal(paper.lines.length, 11);
});

test("where the network is there anew, nobody waits: one comes back at once, and a line that may be dead is tried", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  for (let n = 0; n < 6; n++) {
    paper.line.cut();
    await paper.pass(12_000);
  }
  paper.line.cut();
  const attempts = paper.lines.length;
  paper.online();
  await settled();
  assert.equal(paper.lines.length, attempts + 1);
  paper.line.welcome({ resumed: true, place: place() });
  assert.equal(client.state, "here");

  await paper.pass(3500);
  paper.line.say({ type: "pong", t: 0, server_time: 1_000_000 });
  paper.online();
  await paper.pass(3000);
  paper.line.say({ type: "pong", t: 0, server_time: 1_003_000 });
  await paper.pass(2000);
  assert.equal(client.state, "here", "it answered");
  paper.online();
  await paper.pass(4100);
  assert.equal(client.state, "away", "it did not");
  client.close();
  paper.online();
  await settled();
  assert.equal(client.state, "parted");
});

test("a goodbye that says never is the end, and tells why", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const waiting = client.say("hello");
  paper.line.say({ type: "goodbye", code: "superseded", message: "elsewhere", retry: "never" });
  await assert.rejects(waiting, Parted);
  await assert.rejects(
    client.say("more"),
    (error: Error) => error instanceof Parted && error.goodbye.code === "superseded",
  );
  assert.equal(client.state, "parted");
  await paper.pass(600_000);
  assert.equal(paper.lines.length, 1);
});

test("a goodbye that allows to come back is waited for as long as it asks", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  paper.line.say({ type: "goodbye", code: "draining", message: "", retry: "now", after_ms: 3000 });
  await paper.pass(3000);
  assert.equal(paper.lines.length, 1);
  await paper.pass(400);
  paper.line.onopen?.();
  assert.ok(paper.line.last("hello")["resume"]);
  paper.line.say({ type: "goodbye", code: "full", message: "", retry: "later", after_ms: 1000 });
  await paper.pass(3000);
  paper.line.onopen?.();
  assert.ok(paper.line.last("hello")["resume"], "a door that was shut does not end the session behind it");
  assert.equal(client.state, "away");
});

test("who is not reached at first is told so, unless patient", async () => {
  const paper = new Paper();
  const client = paper.client();
  await settled();
  paper.line.cut();
  await assert.rejects(client.welcomed, Unreachable);
  assert.equal(client.state, "parted");
  const patient = new Paper();
  const waiting = patient.client({ patient: true });
  await settled();
  patient.line.cut();
  assert.equal(waiting.state, "coming");
  await patient.pass(500);
  patient.line.welcome();
  await waiting.welcomed;
});

test("a fact that was skipped is a broken line, and is told after the resume", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  paper.line.say(fact(1), fact(3));
  assert.equal(client.state, "away");
  await paper.pass(500);
  paper.line.onopen?.();
  assert.equal((paper.line.last("hello")["resume"] as { last: number }).last, 1);
});

test("a server that falls silent is left, and come back to", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  await paper.pass(10_000);
  assert.equal(client.state, "here");
  await paper.pass(15_000);
  assert.ok(paper.lines.length > 1);
  assert.notEqual(paper.lines[0]!.closedWith, 1000);
});

test("who steps is told as often as poses may be sent, the last step always", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  for (let n = 1; n <= 50; n++) {
    client.me.stand(5 + n / 50, 5);
    await paper.pass(10);
  }
  await paper.pass(1000);
  const { poses } = paper.line;
  assert.ok(poses.length >= 5 && poses.length <= 7, `${poses.length}`);
  assert.equal(new DataView(poses.at(-1)!.buffer).getFloat32(0, true), 6);
});

test("who is put back stands there, says so first, and the walk is over", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const walk = client.me.walkTo(30, 5, 1.4);
  await paper.pass(1000);
  assert.ok(Math.abs(client.me.x - 6.4) < 0.3, `${client.me.x}`);
  paper.line.poses.length = 0;
  paper.line.say({ type: "avatar.moved_back", x: 5.5, y: 0, z: 5, yaw: 16384, reason: "blocked" });
  assert.equal(await walk, "blocked");
  assert.equal(new DataView(paper.line.poses[0]!.buffer).getFloat32(0, true), 5.5);
  assert.ok(Math.abs(client.me.yaw - Math.PI / 2) < 0.001);
  await paper.pass(1000);
  assert.equal(client.me.x, 5.5);
});

test("a walk ends where it was to end, facing the way it went", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const walk = client.me.walkTo(5, 12, 3.5);
  await paper.pass(3000);
  assert.equal(await walk, "arrived");
  assert.deepEqual([client.me.x, client.me.z, client.me.stance], [5, 12, 0]);
  assert.equal(client.me.yaw, 0);
});

test("names are asked for together, twice a second at most, and forgotten with their slots", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const show = (...rows: [number, number, number][]) =>
    paper.line.sayBytes(encode(new ExtData(2, frameBytes(1000, listed(0, 3, ...rows)))));
  show([1, 4, 4], [2, 5, 5]);
  assert.equal(client.cards.of(1), undefined);
  assert.equal(client.cards.of(2), undefined);
  assert.equal(client.cards.of(77), undefined);
  await paper.pass(0);
  assert.deepEqual(
    paper.line.all("avatar.who").map((who) => who["slots"]),
    [[1, 2]],
  );
  const card = { slot: 1, citizen: "c-1", name: "<b>지우</b>", roles: ["citizen"] };
  paper.line.done("avatar.who", { avatars: [card] });
  await settled();
  assert.deepEqual(client.cards.of(1), card);
  show([2, 5, 5]);
  show([1, 4, 4], [2, 5, 5]);
  assert.equal(client.cards.of(1), undefined, "the slot may be someone else's now");
  await paper.pass(500);
  assert.equal(paper.line.all("avatar.who").length, 1);
  await paper.pass(200);
  assert.equal(paper.line.all("avatar.who").length, 2);
});

test("the server's clock is that of the quickest ping", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  await paper.pass(700);
  const [first, second] = paper.line.all("ping");
  // The first took 700 ms, almost all on the way there; the second 20 ms.
  paper.line.say({ type: "pong", t: first!["t"], server_time: 1_000_690 });
  await paper.pass(20);
  paper.line.say({ type: "pong", t: second!["t"], server_time: 1_000_710 });
  assert.equal(client.roundTripMs, 20);
  assert.equal(client.serverTime, 1_000_720);
});

test("a listener's fault keeps nobody else from hearing", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  const heard: string[] = [];
  client.on("chat.said", () => {
    throw new Error("a fault of the listener's");
  });
  const stop = client.on("chat.said", (said) => heard.push(said.message));
  paper.line.say(fact(1));
  stop();
  paper.line.say(fact(2));
  assert.deepEqual(heard, ["m-1"]);
  await assert.rejects(paper.pass(0), /a fault of the listener's/);
});

test("who closes says goodbye and is told nothing more", async () => {
  const paper = new Paper();
  const client = await paper.citizen();
  client.close();
  assert.equal(paper.line.last("goodbye")["code"], "bye");
  assert.equal(paper.line.closedWith, 1000);
  await paper.pass(60_000);
  assert.equal(paper.lines.length, 1);
});
