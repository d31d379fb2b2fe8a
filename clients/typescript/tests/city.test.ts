// The SDK in a real city: two citizens meet, walk, talk; a line is cut and nothing is missed; the README's client runs.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { WebSocket } from "ws";
import { type Client, connect, type Options } from "../src/client.ts";
import { Refused, Unreachable } from "../src/faults.ts";
import { FINGERPRINT } from "../src/generated/words.ts";
import { STANCE } from "../src/poses.ts";
import type { SocketConstructor } from "../src/surroundings.ts";
import { SEOUL, type Served, serve, until } from "./served.ts";

const PACKAGE = new URL("../../", import.meta.url);
const PATIENCE = { timeout: 120_000 };

let city: Served;
const here: Client[] = [];

before(async () => {
  city = await serve();
});

after(async () => {
  for (const client of here) client.close();
  await city.close();
});

async function come(name: string, options: Options = {}): Promise<Client> {
  const client = await connect(city.url, {
    WebSocket: WebSocket as unknown as SocketConstructor,
    name,
    ...options,
  });
  here.push(client);
  return client;
}

test("the SDK speaks the language of this city", PATIENCE, async () => {
  const told = (await (await fetch(`${city.url}/version`)).json()) as { fingerprint: string };
  assert.equal(told.fingerprint, FINGERPRINT);
});

test("two who meet see each other walk, know each other's names and hear each other", PATIENCE, async () => {
  const [mina, joon] = [await come("Mina"), await come("Joon")];
  const place = await mina.enter("green");
  await joon.enter("green", { x: place.x, z: place.z });
  const seen = () => [...joon.others()].find((other) => other.slot === mina.place.slot);
  await until(seen);
  const target = { x: mina.me.x + (mina.me.x > place.width / 2 ? -2 : 2), z: mina.me.z };
  assert.equal(await mina.me.walkTo(target.x, target.z, 2), "arrived");
  await until(() => {
    const other = seen();
    return (
      other && Math.hypot(other.x - target.x, other.z - target.z) < 0.02 && other.stance === STANCE.stand
    );
  });
  const card = await until(() => joon.cards.of(mina.place.slot));
  assert.deepEqual([card.name, card.citizen], ["Mina", mina.citizen.id]);
  const heard = new Promise<string>((said) =>
    joon.on("chat.said", (fact) => said(`${fact.from.name}: ${fact.text}`)),
  );
  assert.equal((await mina.say("안녕 <b>하세요</b>", "district")).heard_by, 1);
  assert.equal(await heard, "Mina: 안녕 <b>하세요</b>");
});

test("who runs into a wall or out of the district is put back, and can walk on", PATIENCE, async () => {
  const runner = await come("Runner");
  const place = await runner.enter("green");
  runner.me.stand(place.x > 30 ? place.x - 30 : place.x + 30, place.z);
  await until(() => Math.hypot(runner.me.x - place.x, runner.me.z - place.z) < 2);
  const near = place.x > place.width / 2 ? -1 : 1;
  assert.equal(await runner.me.walkTo(runner.me.x + near, runner.me.z), "arrived");
});

test("what is refused tells its code and its field", PATIENCE, async () => {
  const lost = await come("Lost");
  await assert.rejects(lost.enter("atlantis"), (error: Error) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual([error.code, error.field], ["not_found", "district"]);
    return true;
  });
});

test("a line that is cut is taken up again: nothing missed, nothing done twice", PATIENCE, async () => {
  const sockets: WebSocket[] = [];
  const Kept = class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
  const listener = await come("Listener", {
    WebSocket: Kept as unknown as SocketConstructor,
    backoff: { firstMs: 20, longestMs: 100 },
  });
  const speaker = await come("Speaker");
  const place = await listener.enter("green");
  await speaker.enter("green");
  const heard: string[] = [];
  listener.on("chat.said", (said) => heard.push(said.text));
  const session = listener.welcome!.session;
  for (const line of ["one", "two", "three"]) {
    await speaker.say(line, "district");
    sockets.at(-1)!.terminate();
    await until(() => listener.state === "away");
    const said = listener.say(`after ${line}`, "district");
    await until(() => listener.state === "here");
    assert.ok((await said).message);
  }
  await until(() => heard.length === 3);
  assert.deepEqual(heard, ["one", "two", "three"]);
  assert.equal(listener.welcome!.session, session);
  assert.equal(listener.place.slot, place.slot);
  assert.equal(sockets.length, 4);
});

test("where nobody listens, no city is reached", PATIENCE, async () => {
  await assert.rejects(
    connect("http://127.0.0.1:9", { WebSocket: WebSocket as unknown as SocketConstructor }),
    Unreachable,
  );
});

test(
  "the package that is packed holds what the README's client needs, which walks as it is printed",
  PATIENCE,
  async () => {
    const readme = readFileSync(new URL("README.md", PACKAGE), "utf8");
    const [, printed] = readme.match(/```js\n([\s\S]*?)```/) ?? [];
    assert.ok(printed && printed.trim().split("\n").length <= 10);
    const folder = mkdtempSync(join(tmpdir(), "madang-"));
    try {
      run("npm", ["pack", "--silent", "--pack-destination", folder], fileURLToPath(PACKAGE));
      const [packed] = readdirSync(folder);
      const there = join(folder, "node_modules", "madang");
      mkdirSync(there, { recursive: true });
      run("tar", ["-xzf", join(folder, packed!), "--strip-components=1", "-C", there]);
      for (const lent of ["@msgpack", "ws"])
        symlinkSync(new URL(`../node_modules/${lent}`, PACKAGE), join(folder, "node_modules", lent));
      writeFileSync(
        join(folder, "walk.mjs"),
        printed.replace("http://127.0.0.1:8080", city.url).replace('"civil"', '"green"'),
      );
      // Node has a WebSocket of its own from version 22 on.
      writeFileSync(
        join(folder, "socket.mjs"),
        'import { WebSocket } from "ws";\nglobalThis.WebSocket ??= WebSocket;\n',
      );
      const told = await promisify(execFile)("node", ["--import", "./socket.mjs", "walk.mjs"], {
        cwd: folder,
      });
      assert.match(told.stdout, /^arrived$/m);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

function run(command: string, words: string[], cwd?: string): void {
  const { status, stderr } = spawnSync(command, words, { encoding: "utf8", ...(cwd && { cwd }) });
  assert.equal(status, 0, stderr);
}

test(
  "a file is brought, filed with a petition and read again; what is no file is refused",
  PATIENCE,
  async () => {
    const seoul = await serve("--city", SEOUL);
    const mina = await connect(seoul.url, {
      WebSocket: WebSocket as unknown as SocketConstructor,
      token: seoul.token("mina"),
    });
    const said = "가로등이 꺼져 있습니다";
    const brought = await mina.files.bring(new Blob([said]), { name: "현장 기록" });
    assert.equal(brought.name, "현장 기록.txt");
    const filed = await mina.ask("petitions.file", {
      kind: "other",
      title: "가로등",
      text: said,
      name: "미나",
      files: [brought.file],
    });
    assert.equal(await (await mina.files.read(filed.petition, brought.file)).text(), said);
    const isRefused = (code: string) => (error: unknown) => error instanceof Refused && error.code === code;
    await assert.rejects(mina.files.drop(brought.file), isRefused("not_found"));
    await assert.rejects(mina.files.bring(new Blob([Uint8Array.of(77, 90, 0)])), isRefused("bad_message"));
    mina.close();
    await seoul.close();
  },
);
