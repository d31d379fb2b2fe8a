// The console's way to the city: one citizen of staff by their token, over the WebSocket, and over HTTP what is watched.
import { Client, type Commands, type Heard, Parted, Refused } from "madang";

const KEPT = "madang.console.token";

/** The token of this tab; it is in no address and outlives no tab. */
export function keptToken(): string | null {
  return sessionStorage.getItem(KEPT);
}

export class City {
  readonly client: Client;

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

  ask<T extends keyof Commands>(type: T, fields: Commands[T]["asks"]): Promise<Commands[T]["answer"]> {
    return (this.client.ask as (type: T, fields: unknown) => Promise<Commands[T]["answer"]>)(type, fields);
  }

  on<K extends keyof Heard>(word: K, listener: (heard: Heard[K]) => void): () => void {
    return this.client.on(word, listener);
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

/**
 * A second window of somebody's, as the stage's screen. A citizen has one line to the city, and it belongs to the
 * console: this one hears as a visitor does, and reads over HTTP as whoever the token says.
 */
export class Onlooker extends City {
  constructor(readonly reader: string | undefined) {
    super(undefined);
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
    if (!answer.ok) throw new Refused({ type: "refused", id: 0, ...(await answer.json()) });
    return answer.json();
  }
}
