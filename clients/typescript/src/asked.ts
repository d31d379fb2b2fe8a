// What was asked and is not answered yet; it outlives a connection, to be asked again over the next.
import type { Message } from "./codec.ts";
import { Lost, Refused } from "./faults.ts";
import type { Refused as RefusedAnswer } from "./generated/words.ts";

/** Commands that do no harm when they are carried out twice, beside those that only read. */
const HARMLESS = new Set(["district.enter", "avatar.who", "avatar.emote", "avatar.change"]);

interface Waiting {
  command: Message & { id: number };
  wasSent: boolean;
  isHarmless: boolean;
  done(result: unknown): void;
  failed(error: Error): void;
}

export class Asked {
  #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(readonly reading: ReadonlySet<string>) {}

  /** A command with the next id, and its answer to come. */
  give(type: string, fields: object, key: string | undefined): { id: number; answer: Promise<unknown> } {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((done, failed) => {
      this.#waiting.set(id, {
        command: { ...fields, type, id, key },
        wasSent: false,
        isHarmless: HARMLESS.has(type) || this.reading.has(type),
        done,
        failed,
      });
    });
    // Who asked may have gone; that is no fault of this program.
    answer.catch(() => {});
    return { id, answer };
  }

  /** The command to send for this id. */
  sending(id: number): Message {
    const waiting = this.#waiting.get(id)!;
    waiting.wasSent = true;
    return waiting.command;
  }

  /** The command that an answer is for, where it is still waited for. */
  commandOf(id: number): Message | undefined {
    return this.#waiting.get(id)?.command;
  }

  waitsFor(type: string): boolean {
    return [...this.#waiting.values()].some((waiting) => waiting.command.type === type);
  }

  /** The ids that wait for their answers, in the order in which they were given. */
  get ids(): number[] {
    return [...this.#waiting.keys()];
  }

  done(id: number, result: unknown): void {
    this.#taken(id)?.done(result);
  }

  refused(answer: RefusedAnswer): void {
    this.#taken(answer.id)?.failed(new Refused(answer));
  }

  #taken(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /**
   * A new session begins. What may be asked again is kept: what was never sent, what does no harm, and, where the
   * citizen is the same, what has a key. For the rest it is not known whether it was done.
   */
  renew(isSameCitizen: boolean): void {
    for (const [id, waiting] of this.#waiting) {
      const isKeyed = isSameCitizen && waiting.command["key"] !== undefined;
      if (waiting.wasSent && !waiting.isHarmless && !isKeyed) {
        this.#waiting.delete(id);
        waiting.failed(new Lost("the session was over before the answer"));
      }
    }
  }

  /** No answer will come any more. */
  lose(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.failed(error);
    this.#waiting.clear();
  }
}
