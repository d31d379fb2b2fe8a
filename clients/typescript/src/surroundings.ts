// What the SDK needs of the world around it: a WebSocket, a clock, timers, chance. All of it can be given.

/** As much of the browsers' WebSocket as is used here; that of the `ws` package is one too. */
export interface SocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

export interface Surroundings {
  WebSocket: SocketConstructor;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Calls `action` once after so many milliseconds, until what it returns is called. */
  after(ms: number, action: () => void): () => void;
  /** Chance, from 0 up to 1. */
  random(): number;
  /** Calls `action` whenever this machine is in a network anew, until what it returns is called. */
  whenOnline(action: () => void): () => void;
}

/** The surroundings of this program, where nothing else is given. */
export function surroundings(given: Partial<Surroundings> = {}): Surroundings {
  const WebSocket = given.WebSocket ?? (globalThis.WebSocket as SocketConstructor | undefined);
  if (!WebSocket)
    throw new TypeError(
      "no WebSocket here: Node has one from version 22 on; before, give that of the ws package",
    );
  return {
    now: () => performance.now(),
    after: (ms, action) => {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    whenOnline: (action) => {
      // Browsers tell it by an event of the window; Node and workers of some engines tell nothing.
      globalThis.addEventListener?.("online", action);
      return () => globalThis.removeEventListener?.("online", action);
    },
    ...given,
    WebSocket,
  };
}

/** How long to wait before coming back: twice as long after each failed attempt, with chance. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

export const BACKOFF: Backoff = { firstMs: 500, longestMs: 30_000 };

/** The wait after so many failed attempts, never less than the goodbye asked for; `chance` from 0 up to 1. */
export function waitMs(backoff: Backoff, failed: number, askedMs: number, chance: number): number {
  const longest = Math.min(backoff.firstMs * 2 ** Math.min(failed, 30), backoff.longestMs);
  return askedMs + longest * (0.5 + chance / 2);
}
