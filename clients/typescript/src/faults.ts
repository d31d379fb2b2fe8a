// What may go wrong, as errors that say what to do about it.
import { type Goodbye, REFUSALS, type Refused as RefusedAnswer } from "./generated/words.ts";

/** Why a command was refused; a code of a later server is possible too, and means no like `not_allowed`. */
export type RefusalCode = keyof typeof REFUSALS;

/** The rules say no. `code` says why, `field` where, `retryAfterMs` when it may be tried again. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: RefusalCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(answer: RefusedAnswer) {
    super(answer.message || REFUSALS[answer.code]);
    this.code = answer.code;
    this.field = answer.field ?? undefined;
    this.retryAfterMs = answer.retry_after_ms ?? undefined;
  }
}

/** The server said goodbye, and not to come back. */
export class Parted extends Error {
  override readonly name = "Parted";
  readonly goodbye: Goodbye;

  constructor(goodbye: Goodbye) {
    super(`${goodbye.code}: ${goodbye.message}`);
    this.goodbye = goodbye;
  }
}

/** The session was over before the answer: what was asked may be done, or not. */
export class Lost extends Error {
  override readonly name = "Lost";
}

/** No city answers at the address. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** The server broke the language. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}
