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
  return useTold(city, JSON.stringify(fields), () => city.ask(type, fields!), when);
}

/** Commands whose answer is one page of a list. */
type Paged = {
  [T in keyof Commands]: "after" extends keyof Commands[T]["asks"] ? T : never;
}[keyof Commands];

export interface Listed<A> extends Omit<Answered<A[]>, "answer"> {
  /** The pages that were asked for, from the first. */
  pages: A[] | undefined;
  /** Asks for one more; undefined where there is none. */
  more: (() => void) | undefined;
}

/** A list that is told in pages: as many as were asked for, all read anew when a fact says that it has changed. */
export function useList<T extends Paged>(
  city: City,
  type: T,
  fields: Omit<Commands[T]["asks"], "after">,
  when: (keyof Heard)[] = [],
): Listed<Commands[T]["answer"]> {
  const asked = JSON.stringify(fields);
  const wanted = useRef({ asked, pages: 1 });
  if (wanted.current.asked !== asked) wanted.current = { asked, pages: 1 };
  const read = async () => {
    const pages: Commands[T]["answer"][] = [];
    let after: string | null | undefined;
    do {
      const page = await city.ask(type, { ...fields, ...(after && { after }) } as Commands[T]["asks"]);
      pages.push(page);
      after = (page as { next?: string | null }).next;
    } while (after && pages.length < wanted.current.pages);
    return pages;
  };
  const { answer: pages, refusal, again } = useTold(city, asked, read, when, wanted.current.pages);
  const last = pages?.at(-1) as { next?: string | null } | undefined;
  const more = () => {
    wanted.current.pages = (pages?.length ?? 0) + 1;
    again();
  };
  return { pages, refusal, again, more: last?.next ? more : undefined };
}

/** What `read` tells of what is `asked`; so many `commands` it takes. */
function useTold<A>(
  city: City,
  asked: string | undefined,
  read: () => Promise<A>,
  when: (keyof Heard)[],
  commands = 1,
): Answered<A> {
  const [told, setTold] = useState<{ asked: string; answer?: A; refusal?: string }>();
  // What was answered to another question is not shown for a moment as the answer to this one.
  const current = told?.asked === asked ? told : undefined;
  /** Answers may overtake one another, and none may come before the next is asked for: what is shown never goes back. */
  const newest = useRef(0);
  const shown = useRef(0);
  const retry = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const reads = useRef(read);
  reads.current = read;
  const costs = useRef(commands);
  costs.current = commands;

  const again = useCallback(() => {
    if (asked === undefined) return;
    const turn = ++newest.current;
    clearTimeout(retry.current);
    reads.current().then(
      (answer) => {
        if (turn < shown.current) return;
        shown.current = turn;
        setTold({ asked, answer });
      },
      (error) => {
        if (turn < shown.current) return;
        const refusal = error instanceof Refused ? error.code : "unreachable";
        const passes = PASSES.has(refusal) && !city.isOver;
        // What one works on is not taken away, with all that is written in it, because the city is busy.
        setTold((before) =>
          passes && before?.asked === asked && before.answer ? before : { asked, refusal },
        );
        if (passes) retry.current = setTimeout(again, (error as Refused).retryAfterMs ?? AGAIN_MS);
      },
    );
  }, [city, asked]);

  useEffect(() => {
    again();
    return () => {
      shown.current = newest.current + 1;
      clearTimeout(retry.current);
    };
  }, [again]);

  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        again();
      }, BUNCH_MS + city.roomForReads(costs.current));
    };
    const stops = when.map((word) => city.on(word, soon));
    stops.push(city.on("state", ({ state, resumed }) => state === "here" && !resumed && soon()));
    if (when.length) stops.push(city.everyNowAndThen(again));
    return () => {
      clearTimeout(waiting);
      for (const stop of stops) stop();
    };
  }, [city, again]);

  return { answer: current?.answer, refusal: current?.refusal, again };
}

/** The city's time, anew every `ms`: by its own clock, as this machine's may be a day off. */
export function useClock(city: City, ms = 1000): number {
  const [now, setNow] = useState(city.now);
  useEffect(() => {
    setNow(city.now);
    const timer = setInterval(() => setNow(city.now), ms);
    return () => clearInterval(timer);
  }, [city, ms]);
  return now;
}
