// The server's clock as the client knows it, and how far behind it others are shown.

/** Pings whose round trips are compared: the clock follows the shortest of them. */
const PINGS = 8;

/** Frames whose lateness is compared. */
const FRAMES = 64;

/** How much faster or slower than time itself what is shown may run, to catch up or fall back. */
export const EASE = 0.1;

/** Further off than this nobody catches up by tenths: a machine slept, or its clock was set. Longer than any cell's step. */
const LEAP_MS = 4000;

/** What comes after `was` on the way to what is wanted: nearer by `easeMs` at most, or there at once from far off. */
export function eased(was: number, wanted: number, easeMs: number): number {
  if (Math.abs(wanted - was) > LEAP_MS) return wanted;
  return Math.min(Math.max(wanted, was - easeMs), was + easeMs);
}

/** The server's clock, by the ping that took the least time: the less it took, the less may be wrong with it. */
export class ServerClock {
  #samples: { roundTripMs: number; offsetMs: number }[] = [];
  #offsetMs = 0;

  /** A first guess, from a message that told the server's time. */
  guess(serverMs: number, nowMs: number): void {
    this.#samples = [];
    this.#offsetMs = serverMs - nowMs;
  }

  pong(sentMs: number, nowMs: number, serverMs: number): void {
    this.#samples.push({ roundTripMs: nowMs - sentMs, offsetMs: serverMs - (sentMs + nowMs) / 2 });
    if (this.#samples.length > PINGS) this.#samples.shift();
    const best = this.#samples.reduce((least, one) => (one.roundTripMs < least.roundTripMs ? one : least));
    this.#offsetMs = best.offsetMs;
  }

  /** The least of the last round trips; undefined before the first. */
  get roundTripMs(): number | undefined {
    return this.#samples.length ? Math.min(...this.#samples.map((one) => one.roundTripMs)) : undefined;
  }

  /** Milliseconds since 1970 by the server's clock, at `nowMs` of one's own. */
  at(nowMs: number): number {
    return nowMs + this.#offsetMs;
  }
}

/** How late frames come: what to wait so that the next is there before it is to be shown. */
export class Lateness {
  #ages: number[] = [];
  #leastMs = 0;
  #jitterMs = 0;

  /** A frame came that is so old by the server's clock. */
  came(ageMs: number): void {
    this.#ages.push(ageMs);
    if (this.#ages.length > FRAMES) this.#ages.shift();
    const sorted = [...this.#ages].sort((a, b) => a - b);
    this.#leastMs = sorted[0]!;
    this.#jitterMs = sorted[Math.floor((sorted.length - 1) * 0.95)]! - this.#leastMs;
  }

  forget(): void {
    this.#ages = [];
    this.#leastMs = this.#jitterMs = 0;
  }

  get jitterMs(): number {
    return this.#jitterMs;
  }

  /**
   * How far behind the server's clock to show, beside the one step between two places: the way of the line, and one
   * send interval more or its jitter where that is longer. On a steady line these are two send intervals in all.
   */
  behindMs(intervalMs: number): number {
    return this.#leastMs + Math.max(intervalMs, this.#jitterMs);
  }
}
