// Going into a district, also by way of the line before one that is full: one asks again as the city says, and keeps one's place.
import { signal } from "@preact/signals";
import { type Client, type Commands, Refused, type Seat } from "madang";
import { why } from "./session";
import { client, companion, notice, told, whisper } from "./state";
import { say } from "./texts";

type At = Commands["district.enter"]["asks"]["at"];

/** The line one stands in; what is not known yet is null. */
export interface Waiting {
  district: string;
  place: number | null;
  waitMs: number | null;
  giveUp(): void;
}

/** One who is not in any district: why, and of which. */
export interface Shut {
  district: string;
  code: string;
  text: string;
}

export const waiting = signal<Waiting | null>(null);
export const shut = signal<Shut | null>(null);

/** The longest pause between two questions: who asks less often loses the place (15 s). */
const LONGEST_PAUSE_MS = 10_000;
const PAUSE_MS = 3_000;

/** Listens for one's place in the line; what it returns ends that, and any waiting. */
export function followLine(city: Client): () => void {
  const end = city.on("district.queue", ({ district, place, wait_ms }) => {
    const now = waiting.value;
    if (now?.district === district) waiting.value = { ...now, place, waitMs: wait_ms ?? null };
  });
  return () => {
    end();
    waiting.value?.giveUp();
    shut.value = null;
  };
}

/** Goes there, after waiting in line where that must be; whether one is there. Another travel ends this one. */
export async function travel(district: string, at?: At): Promise<boolean> {
  const city = client.value!;
  waiting.value?.giveUp();
  let isGivenUp = false;
  let wake = () => {};
  const giveUp = () => {
    isGivenUp = true;
    if (waiting.value?.giveUp === giveUp) waiting.value = null;
    wake();
  };
  for (;;) {
    try {
      await city.enter(district, at, together(district));
      if (waiting.value?.giveUp === giveUp) waiting.value = null;
      shut.value = null;
      return true;
    } catch (error) {
      if (isGivenUp) return false;
      if (at && error instanceof Refused && error.field === "at") {
        // into the district one may go, and only not to this place of it
        at = undefined;
        notice(say("link.no_place"), "bad");
        continue;
      }
      if (!(error instanceof Refused && error.code === "full")) {
        if (waiting.value?.giveUp === giveUp) waiting.value = null;
        tell(city, district, error);
        return false;
      }
      waiting.value ??= { district, place: null, waitMs: null, giveUp };
      const pause = Math.min(error.retryAfterMs ?? PAUSE_MS, LONGEST_PAUSE_MS);
      await new Promise<void>((done) => {
        wake = done;
        setTimeout(done, pause);
      });
      if (isGivenUp || client.value !== city) return false;
    }
  }
}

/** With whom one came, where one comes into another place: the city heeds it where they were near just now. */
function together(district: string): Seat {
  const beside = told.value?.district === district ? null : (whisper.value?.citizen ?? companion.value);
  return beside ? { beside } : {};
}

/** In passing to who is somewhere; who is nowhere yet must see it until it is mended. */
function tell(city: Client, district: string, error: unknown): void {
  const { text } = why(error);
  if (city.picture && !shut.value) notice(text, "bad");
  else shut.value = { district, code: error instanceof Refused ? error.code : "", text };
}
