// A city on paper: both ends of a line in memory, a clock that the test moves, and a page on which all is written.

import { Client, type Options } from "../src/client.ts";
import { isExt, type Message, pack, unpack } from "../src/codec.ts";
import type { Place, Welcome } from "../src/generated/words.ts";
import type { SocketConstructor } from "../src/surroundings.ts";
import { place } from "./ground.ts";
import { VECTORS } from "./vectors.ts";

const WELCOME = VECTORS.find((vector) => vector.name === "welcome")!.items[0] as unknown as Welcome;

/** One line, seen from the city. */
export class PaperLine {
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  heard: Message[] = [];
  poses: Uint8Array[] = [];
  closedWith: number | undefined;
  isOpen = true;

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {}

  send(data: Uint8Array): void {
    if (!this.isOpen) throw new Error("closed");
    const [item] = unpack(data);
    if (isExt(item!)) this.poses.push(item.data.slice());
    else this.heard.push(item!);
  }

  close(code?: number): void {
    this.closedWith ??= code;
    this.isOpen = false;
  }

  /** The city says this. */
  say(...messages: object[]): void {
    this.sayBytes(pack(messages.length === 1 ? messages[0]! : messages));
  }

  sayBytes(bytes: Uint8Array): void {
    this.onmessage?.({ data: bytes.slice().buffer });
  }

  /** The line breaks. */
  cut(): void {
    this.isOpen = false;
    this.onclose?.();
  }

  /** What the client said of this type. */
  all(type: string): Message[] {
    return this.heard.filter((message) => message.type === type);
  }

  last(type: string): Message {
    const found = this.all(type).at(-1);
    if (!found) throw new Error(`nobody said ${type}, but ${this.heard.map((message) => message.type)}`);
    return found;
  }

  welcome(changes: object = {}): void {
    this.onopen?.();
    this.say({ ...WELCOME, resumed: false, place: null, ...changes });
  }

  done(type: string, result?: object): void {
    this.say({ type: "done", id: this.last(type)["id"], result });
  }
}

export class Paper {
  lines: PaperLine[] = [];
  nowMs = 5000;
  /** The network of the client's machine is there anew. */
  online: () => void = () => {};
  #timers: { at: number; action: () => void }[] = [];

  /** A client of this city; nothing happens until the city says so and the test moves the clock. */
  client(options: Options = {}): Client {
    const { lines } = this;
    const WebSocket = class extends PaperLine {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        lines.push(this);
      }
    };
    return new Client("http://city.example", {
      WebSocket: WebSocket as unknown as SocketConstructor,
      now: () => this.nowMs,
      after: (ms, action) => {
        const timer = { at: this.nowMs + ms, action };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
        };
      },
      random: () => 0.5,
      whenOnline: (action) => {
        this.online = action;
        return () => {
          this.online = () => {};
        };
      },
      ...options,
    });
  }

  get line(): PaperLine {
    return this.lines.at(-1)!;
  }

  /** Lets time pass, and everything happen that is due, in its order. */
  async pass(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    await settled();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.nowMs = Math.max(due.at, this.nowMs);
      due.action();
      await settled();
    }
    this.nowMs = end;
  }

  /** How much is to happen later. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** A client that is welcomed and in a district. */
  async citizen(options: Options = {}, where: Partial<Place> = {}): Promise<Client> {
    const client = this.client(options);
    await settled();
    this.line.welcome();
    const entered = client.enter("green");
    this.line.done("district.enter", place(where));
    await entered;
    return client;
  }
}

/** Lets every promise that can be kept be kept. */
export function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
