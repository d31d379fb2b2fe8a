// What the city answered, kept true: asked again when a fact says that it has changed, and after a break.
import { type Commands, type Heard, Refused } from "madang";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { City } from "./city.ts";

/** Facts come in bunches; after the first of one, the rest are waited for so long. */
const BUNCH_MS = 150;

/** Refusals that pass: what is shown stays, and it is asked again. */
const PASSES = new Set<string>(["too_fast", "unavailable", "unreachable"]);
const AGAIN_MS = 2000;

export interface Answered<A> {
  answer: A | undefined;
  /** Why there is none. */
  refusal: string | undefined;
  again(): void;
}

/** The answer to a command that only reads; `when` names the facts and counts after which it is asked again. */
export function useAnswer<T extends keyof Commands>(
  city: City,
  type: T,
  fields: Commands[T]["asks"] | undefined,
  when: (keyof Heard)[] = [],
): Answered<Commands[T]["answer"]> {
  const asked = JSON.stringify(fields);
  const [told, setTold] = useState<{ asked: string; answer?: Commands[T]["answer"]; refusal?: string }>();
  // What was answered to another question is not shown for a moment as the answer to this one.
  const current = told?.asked === asked ? told : undefined;
  const newest = useRef(0);
  const retry = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const again = useCallback(() => {
    if (asked === undefined) return;
    const turn = ++newest.current;
    clearTimeout(retry.current);
    city.ask(type, JSON.parse(asked)).then(
      (answer) => {
        if (turn === newest.current) setTold({ asked, answer });
      },
      (error) => {
        if (turn !== newest.current) return;
        const refusal = error instanceof Refused ? error.code : "unreachable";
        const passes = PASSES.has(refusal) && city.client.state !== "parted";
        // What one works on is not taken away, with all that is written in it, because the city is busy.
        setTold((before) =>
          passes && before?.asked === asked && before.answer ? before : { asked, refusal },
        );
        if (passes) retry.current = setTimeout(again, (error as Refused).retryAfterMs ?? AGAIN_MS);
      },
    );
  }, [city, type, asked]);

  useEffect(() => {
    again();
    return () => {
      newest.current++;
      clearTimeout(retry.current);
    };
  }, [again]);

  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        again();
      }, BUNCH_MS);
    };
    const stops = when.map((word) => city.on(word, soon));
    stops.push(city.on("state", ({ state, resumed }) => state === "here" && !resumed && soon()));
    return () => {
      clearTimeout(waiting);
      for (const stop of stops) stop();
    };
  }, [city, again]);

  return { answer: current?.answer, refusal: current?.refusal, again };
}

/** A number that rises every `ms`, so that what is shown of time moves on. */
export function useClock(ms = 1000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}
