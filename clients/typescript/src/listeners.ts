// What is heard in a city, and those who listen for it.
import type { Counts, Facts, Goodbye, Place } from "./generated/words.ts";

/**
 * `coming`: not welcomed yet. `here`: in the city. `away`: the line broke, and it is being taken up again. `parted`: over
 * for good.
 */
export type State = "coming" | "here" | "away" | "parted";

/** What has changed when the state did: why one is away, and in how many milliseconds the next attempt begins. */
export interface StateChange {
  state: State;
  goodbye?: Goodbye | undefined;
  error?: Error | undefined;
  retryInMs?: number | undefined;
  /** When one is here again: whether the session goes on, and so nothing was missed. */
  resumed?: boolean | undefined;
}

/** A fact of any kind, also of kinds that this SDK does not know. */
export interface Fact {
  type: string;
  n: number;
  at: number;
  [field: string]: unknown;
}

/** All that can be listened to. */
export interface Heard extends Facts, Counts {
  /** Any fact, after those who listen for its own word. */
  fact: Fact;
  /** One is in a district, or in it anew: everything that was seen is forgotten. */
  arrived: Place;
  state: StateChange;
}

export class Listeners {
  readonly #of = new Map<string, Set<(heard: never) => void>>();

  /** `after` calls later: so a listener's fault is told as such, and is no reason to miss the next fact. */
  constructor(readonly after: (ms: number, then: () => void) => void) {}

  /** Calls `listener` for each of these; what it returns ends that. */
  on<K extends keyof Heard>(word: K, listener: (heard: Heard[K]) => void): () => void {
    const listeners = this.#of.get(word) ?? new Set();
    this.#of.set(word, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  tell<K extends keyof Heard>(word: K, heard: Heard[K]): void {
    for (const listener of [...(this.#of.get(word) ?? [])])
      try {
        (listener as (heard: Heard[K]) => void)(heard);
      } catch (error) {
        this.after(0, () => {
          throw error;
        });
      }
  }
}
