// One connection: a WebSocket from hello to goodbye, with this session's facts counted and acknowledged.
import { type Ext, isExt, type Message, pack, unpack } from "./codec.ts";
import { ProtocolError, Unreachable } from "./faults.ts";
import { type Goodbye, type Hello, type Resume, SUBPROTOCOL, type Welcome } from "./generated/words.ts";
import type { SocketLike, Surroundings } from "./surroundings.ts";

/** How long a server may take to connect and to answer the hello. */
const OPEN_MS = 15_000;

/** Facts are acknowledged when so many came, or so long after any. */
const ACK_FACTS = 64;
const ACK_MS = 5000;

/** Pings after the welcome: some soon, for the clock, then one from time to time. */
const SOON_MS = 700;
const SOON = 5;
const PING_MS = 10_000;

/** A server that leaves a ping without any word for so long is not there; after the network was away, for so long. */
const SILENT_MS = 20_000;
const DOUBTED_MS = 4000;

/** What a line hands on, in the order in which it was said. */
export interface Hearer {
  welcomed(welcome: Welcome): void;
  heard(message: Message): void;
  shown(ext: Ext): void;
  ponged(sentMs: number, serverMs: number): void;
  /** The line is over; never called twice, and nothing after it. */
  ended(goodbye: Goodbye | undefined, error: Error): void;
}

export class Line {
  welcome: Welcome | undefined;
  #goodbye: Goodbye | undefined;
  #socket: SocketLike;
  #lastFact = 0;
  #acknowledged = 0;
  #heardAt: number;
  #isOver = false;
  #stops: (() => void)[] = [];
  #unack: (() => void) | undefined;

  constructor(
    readonly around: Surroundings,
    url: string,
    readonly hello: Hello,
    readonly hearer: Hearer,
  ) {
    this.#heardAt = around.now();
    this.#socket = new around.WebSocket(url, [SUBPROTOCOL]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.#send(pack(hello));
    this.#socket.onmessage = (event: { data: unknown }) => this.#receive(event.data);
    this.#socket.onerror = () => {};
    this.#socket.onclose = () =>
      this.#end(new Unreachable(this.welcome ? "the line broke" : `no city answers at ${url}`));
    this.#later(OPEN_MS, () => {
      if (!this.welcome) this.drop(new Unreachable(`${url} does not answer`));
    });
  }

  /** With what a next line goes on with this session; undefined where it cannot. */
  ticket(resumable: (goodbye: Goodbye) => boolean): Resume | undefined {
    if (!this.welcome?.resume_window_ms || (this.#goodbye && !resumable(this.#goodbye))) return undefined;
    return { session: this.welcome.session, key: this.welcome.resume_key, last: this.#lastFact };
  }

  /** Sends a message; false where the line is over or not welcomed yet. */
  say(message: Message): boolean {
    return this.welcome !== undefined && this.#send(pack(message));
  }

  sayPose(pose: Uint8Array<ArrayBuffer>): boolean {
    return this.welcome !== undefined && this.#send(pose);
  }

  /** Says goodbye and closes; the session is over with it. */
  close(): void {
    this.say({ type: "goodbye", code: "bye", message: "" });
    this.#socket.close(1000);
    this.#end(new Unreachable("closed here"));
  }

  /** Gives the line up; the session may be resumed. */
  drop(error: Error): void {
    this.#socket.close(4000);
    this.#end(error);
  }

  #send(data: Uint8Array<ArrayBuffer>): boolean {
    if (this.#isOver) return false;
    try {
      this.#socket.send(data);
      return true;
    } catch {
      return false; // it is closing; its close is told
    }
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.onmessage = this.#socket.onclose = this.#socket.onopen = null;
    this.#unack?.();
    for (const stop of this.#stops) stop();
    this.hearer.ended(this.#goodbye, error);
  }

  #later(ms: number, action: () => void): void {
    const stop = this.around.after(ms, () => {
      this.#stops.splice(this.#stops.indexOf(stop), 1);
      action();
    });
    this.#stops.push(stop);
  }

  #receive(data: unknown): void {
    this.#heardAt = this.around.now();
    try {
      if (!(data instanceof ArrayBuffer)) throw new ProtocolError("messages are binary, not text");
      for (const item of unpack(new Uint8Array(data))) {
        if (this.#isOver) return;
        if (isExt(item)) this.hearer.shown(item);
        else this.#hear(item);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.say({ type: "goodbye", code: "bad_message", message: error.message.slice(0, 100) });
      this.drop(error);
    }
  }

  #hear(message: Message): void {
    if (message.type === "goodbye") {
      this.#goodbye = message as unknown as Goodbye;
      this.#socket.close(1000);
      this.#end(new Unreachable(`goodbye: ${this.#goodbye.code}`));
    } else if (message.type === "welcome") this.#welcomed(message as unknown as Welcome);
    else if (!this.welcome) throw new ProtocolError(`${message.type} before the welcome`);
    else if (message.type === "pong") {
      this.hearer.ponged(message["t"] as number, message["server_time"] as number);
      this.hearer.heard(message);
    } else {
      if (typeof message["n"] === "number") this.#count(message["n"]);
      this.hearer.heard(message);
    }
  }

  #welcomed(welcome: Welcome): void {
    if (this.welcome) throw new ProtocolError("a second welcome");
    if (welcome.resumed) {
      if (!this.hello.resume) throw new ProtocolError("resumed, but it was not asked for");
      this.#lastFact = this.#acknowledged = this.hello.resume.last;
    }
    this.welcome = welcome;
    this.hearer.welcomed(welcome);
    this.#ping(SOON);
  }

  #count(n: number): void {
    if (n !== this.#lastFact + 1) throw new ProtocolError(`fact ${n} came after ${this.#lastFact}`);
    this.#lastFact = n;
    if (n - this.#acknowledged >= ACK_FACTS) this.#acknowledge();
    else this.#unack ??= this.around.after(ACK_MS, () => this.#acknowledge());
  }

  #acknowledge(): void {
    this.#unack?.();
    this.#unack = undefined;
    if (this.say({ type: "ack", n: this.#lastFact })) this.#acknowledged = this.#lastFact;
  }

  /** The network was away: what was sent into it may be lost, and this line with it. */
  doubt(): void {
    if (this.welcome) this.#ask(DOUBTED_MS);
  }

  #ask(patienceMs: number): void {
    const sent = this.around.now();
    this.say({ type: "ping", t: sent });
    this.#later(patienceMs, () => {
      if (this.#heardAt < sent) this.drop(new Unreachable("the server is silent"));
    });
  }

  #ping(soon: number): void {
    this.#ask(SILENT_MS);
    this.#later(soon > 0 ? SOON_MS : PING_MS, () => this.#ping(soon - 1));
  }
}
