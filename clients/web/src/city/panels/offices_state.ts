// What one was given in the city: told at once, or on coming back; what was told once is not told again.
import { signal } from "@preact/signals";
import type { Client, Place, Words } from "madang";
import { notice } from "../state";
import { moment, of, say } from "../texts";

/** One's own offices, the newest first. */
export const offices = signal<readonly Words.GivenOffice[]>([]);

const TOLD = "madang.offices";
/** Of how many it is remembered that they were told. */
const MOST_TOLD = 100;

/** Whether this is news; it is none from now on. */
function isNews({ given, ended_at }: Words.GivenOffice): boolean {
  const what = `${given}${ended_at ? " ended" : ""}`;
  try {
    const told = JSON.parse(localStorage.getItem(TOLD) ?? "[]") as string[];
    if (told.includes(what)) return false;
    localStorage.setItem(TOLD, JSON.stringify([...told, what].slice(-MOST_TOLD)));
  } catch {
    // a private window remembers nothing, and tells it each time
  }
  return true;
}

function note(one: Words.GivenOffice): void {
  offices.value = [one, ...offices.value.filter(({ given }) => given !== one.given)].sort(
    (a, b) => Number(b.given.slice(2)) - Number(a.given.slice(2)),
  );
  if (!isNews(one) || one.why === "laid_down") return;
  const words = one.ended_at ? one.end_words : one.words;
  const text = one.ended_at
    ? say(`offices.ended_${one.why ?? "time"}` as "offices.ended_time", { office: of(one.name) })
    : say("offices.given", { office: of(one.name), until: moment(one.until) });
  notice(words ? `${text} ${words}` : text, one.ended_at ? "plain" : "good", 15_000);
}

/** Listens for as long as the client lives; what it returns ends that. */
export function followOffices(city: Client): () => void {
  const ends = [
    city.on("arrived", (place: Place) => {
      const told = place.services["offices"] as { mine: Words.GivenOffice[] } | undefined;
      for (const one of [...(told?.mine ?? [])].reverse()) note(one);
    }),
    city.on("offices.changed", ({ office }) => {
      if (office.citizen === city.citizen.id) note(office);
    }),
  ];
  return () => {
    for (const end of ends) end();
    offices.value = [];
  };
}
