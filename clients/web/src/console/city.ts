// The console's way to the city: one citizen of staff by their token, over the WebSocket, and over HTTP what is watched.
import { Client, type Commands, type Heard, Parted, Refused } from "madang";

const KEPT = "madang.console.token";

/** The token of this tab; it is in no address and outlives no tab. */
export function keptToken(): string | null {
  return sessionStorage.getItem(KEPT);
}

/** Of the commands that the city takes from one citizen, the share that is read anew by itself: a person's own come first. */
const READ_SHARE = 0.5;
/** So many seconds' worth of it may be read at once. */
const READ_AT_ONCE_S = 2;
/** A longer wait is one that a person is told of, as slow mode's. */
const MOMENT_MS = 1000;
/** How often what was too fast is asked again. */
const ASKED_AGAIN = 5;

export class City {
  readonly client: Client;
  /** How many commands may be read now, and when that was so. */
  #room = Number.POSITIVE_INFINITY;
  #roomAt = 0;

  /** Without a token, a visitor: as much as the stage's screen needs. */
  constructor(readonly token: string | undefined) {
    this.client = new Client(location.origin, {
      ...(token && { token }),
      patient: true,
      client: "madang-console",
    });
    this.client.on("state", ({ state, error }) => {
      if (state === "here" && token) sessionStorage.setItem(KEPT, token);
      const isTokenBad = error instanceof Parted && error.goodbye.code === "bad_token";
      if (state === "parted" && isTokenBad) sessionStorage.removeItem(KEPT);
    });
  }

  /** What was too fast by a moment is asked again by itself: who works by keys is quick, and not to press them twice. */
  async ask<T extends keyof Commands>(type: T, fields: Commands[T]["asks"]): Promise<Commands[T]["answer"]> {
    const ask = this.client.ask as (type: T, fields: unknown) => Promise<Commands[T]["answer"]>;
    for (let left = ASKED_AGAIN; ; left--) {
      try {
        return await ask.call(this.client, type, fields);
      } catch (error) {
        const wait = error instanceof Refused && error.code === "too_fast" ? error.retryAfterMs : undefined;
        if (!left || wait === undefined || wait > MOMENT_MS) throw error;
        await new Promise((later) => setTimeout(later, wait));
      }
    }
  }

  on<K extends keyof Heard>(word: K, listener: (heard: Heard[K]) => void): () => void {
    return this.client.on(word, listener);
  }

  /** Whether it will say nothing more. */
  get isOver(): boolean {
    return this.client.state === "parted";
  }

  /** The city's time, in milliseconds: this machine's may be a day off. */
  get now(): number {
    return this.client.welcome ? this.client.serverTime : Date.now();
  }

  /** Calls `read` now and then, where no fact says that something has changed. */
  everyNowAndThen(_read: () => void): () => void {
    return () => {};
  }

  /** Takes as many reads from what may be read by itself; in how many ms there is room for them. */
  roomForReads(commands: number): number {
    const perS = (this.client.welcome?.limits.commands_per_s ?? 0) * READ_SHARE;
    if (!perS) return 0;
    const now = performance.now();
    const grown = this.#room + ((now - this.#roomAt) / 1000) * perS;
    this.#room = Math.min(grown, perS * READ_AT_ONCE_S) - commands;
    this.#roomAt = now;
    return this.#room < 0 ? (-this.#room / perS) * 1000 : 0;
  }

  /** What staff watch over HTTP; raises where it is not answered. */
  async watch<T>(path: string): Promise<T> {
    return (await this.read(`/api/watch/${path}`)).json();
  }

  /** A file over HTTP, which the browser saves; raises where it is not answered. */
  async save(path: string, name: string): Promise<void> {
    const held = URL.createObjectURL(await (await this.read(path)).blob());
    const link = Object.assign(document.createElement("a"), { href: held, download: name });
    link.click();
    URL.revokeObjectURL(held);
  }

  private async read(path: string): Promise<Response> {
    const answer = await fetch(path, { headers: { Authorization: `Bearer ${this.token}` } });
    if (!answer.ok) throw new Refused({ type: "refused", id: 0, ...(await answer.json()) });
    return answer;
  }

  /** Whether this citizen has one of these roles, or grants written `grant:NAME`, in whatever scope. */
  is(...words: string[]): boolean {
    const { roles = [], grants = [] } = this.client.welcome?.citizen ?? {};
    const held = [...roles, ...grants.map((grant) => `grant:${grant}`)];
    return held.some((word) => words.includes(word.split("@")[0]!));
  }

  /** Whether this citizen has one of these grants, in whatever scope. */
  holds(...grants: string[]): boolean {
    const held = this.client.welcome?.citizen.grants ?? [];
    return held.some((grant) => grants.includes(grant.split("@")[0]!));
  }

  leave(): void {
    sessionStorage.removeItem(KEPT);
    this.client.close();
  }
}

/** How often a window without a line looks. */
const LOOK_MS = 2000;

/**
 * A second window of somebody's, as the stage's screen. A citizen has one line to the city, and it belongs to the
 * console: this one hears as a visitor does, and reads over HTTP as whoever the token says. Where the city admits no
 * visitors it hears nothing, and looks every now and then.
 */
export class Onlooker extends City {
  #aheadMs = 0;

  constructor(readonly reader: string | undefined) {
    super(undefined);
  }

  override get isOver(): boolean {
    return super.isOver && !this.reader;
  }

  override get now(): number {
    return this.client.welcome ? super.now : Date.now() + this.#aheadMs;
  }

  override everyNowAndThen(read: () => void): () => void {
    const timer = setInterval(() => this.client.state === "parted" && this.reader && read(), LOOK_MS);
    return () => clearInterval(timer);
  }

  override async ask<T extends keyof Commands>(
    type: T,
    fields: Commands[T]["asks"],
  ): Promise<Commands[T]["answer"]> {
    if (!this.reader) return super.ask(type, fields);
    const told = Object.entries(fields).filter(([, value]) => value !== undefined);
    const query = new URLSearchParams(told.map(([name, value]) => [name, `${value}`]));
    const answer = await fetch(`/api/v1/${type.replace(".", "/")}?${query}`, {
      headers: { Authorization: `Bearer ${this.reader}` },
    });
    const at = Date.parse(answer.headers.get("Date") ?? "");
    if (at) this.#aheadMs = at - Date.now();
    if (!answer.ok) throw new Refused({ type: "refused", id: 0, ...(await answer.json()) });
    return answer.json();
  }
}
