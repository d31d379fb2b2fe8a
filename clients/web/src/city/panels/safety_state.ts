// What protects and restrains oneself, kept true by what the city tells: sanctions, whom one blocks, how one may write here.
import { computed, signal } from "@preact/signals";
import type { Client, Place, Words } from "madang";
import { notice } from "../state";
import { type Key, of, say } from "../texts";

/** What a district's service of moderation shows on arrival. */
interface Arrival {
  mode: Words.VenueMode;
  protection: Words.Protection;
  sanctions: Words.OwnSanction[];
  safe_place: { district: string; zone?: string } | null;
  reasons: Record<string, { ko: string; en: string }>;
}

export const reasons = signal<Arrival["reasons"]>({});
export const safePlace = signal<Arrival["safe_place"]>(null);
export const protection = signal<Words.Protection>({ blocked: [], bubble: false, bubble_m: 1 });
export const mode = signal<Words.VenueMode | null>(null);
/** All that were told; the newest first. */
export const sanctions = signal<readonly Words.OwnSanction[]>([]);
/** The city's time, as often as somebody's end may come. */
const now = signal(0);

/** The worse comes first where several hold. */
const WORST_FIRST = ["ban", "kick", "freeze", "mute", "warn", "hold", "slow"];

/** What is in force by the city's clock; a note restrains from nothing, and a warning only until it is read. */
export const restraints = computed(() =>
  sanctions.value
    .filter(
      ({ state, until, kind, is_acknowledged }) =>
        state === "in_force" && until > now.value && kind !== "note" && !(kind === "warn" && is_acknowledged),
    )
    .sort((a, b) => WORST_FIRST.indexOf(a.kind) - WORST_FIRST.indexOf(b.kind)),
);

/** Whether one of them keeps one out of this district. */
export function isKeptOut(district: string): boolean {
  return restraints.value.some(
    ({ kind, scope }) => (kind === "kick" || kind === "ban") && (scope === "" || scope === district),
  );
}

/** Whom one is about to see, report or block: chosen by a click, in a list, or by a line that they said. */
export interface Chosen {
  citizen: string;
  name: string;
  slot?: number | undefined;
  /** The line by which they were chosen. */
  message?: string | undefined;
}
export const person = signal<Chosen | null>(null);

/** Names of those whom one blocked, as the city tells only who they are. */
const NAMES = "madang.blocked";

function known(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(NAMES) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

export function nameOfBlocked(citizen: string): string {
  return known()[citizen] ?? citizen;
}

export function remember(citizen: string, name: string): void {
  try {
    localStorage.setItem(NAMES, JSON.stringify({ ...known(), [citizen]: name }));
  } catch {
    // a private window keeps no names
  }
}

export function noteSanction(one: Words.OwnSanction): void {
  sanctions.value = [one, ...sanctions.value.filter(({ sanction }) => sanction !== one.sanction)];
}

export function nameOfReason(code: string): string {
  return of(reasons.value[code]) || code;
}

function arrive(place: Place): void {
  const told = place.services["moderation"] as Arrival | undefined;
  if (!told) return;
  reasons.value = told.reasons;
  safePlace.value = told.safe_place;
  protection.value = told.protection;
  mode.value = told.mode;
  for (const one of [...told.sanctions].reverse()) noteSanction(one);
}

/** Listens for as long as the client lives; what it returns ends that. */
export function followSafety(city: Client): () => void {
  now.value = city.serverTime;
  const timer = setInterval(() => {
    now.value = city.serverTime;
  }, 1000);
  const ends = [
    city.on("arrived", arrive),
    city.on("moderation.sanction_changed", ({ sanction }) => {
      now.value = city.serverTime;
      noteSanction(sanction);
      if (sanction.kind === "note" && sanction.words) notice(sanction.words, "plain", 15_000);
    }),
    city.on("moderation.protection_changed", ({ protection: told }) => {
      protection.value = told;
    }),
    city.on("moderation.mode_changed", ({ mode: told }) => {
      mode.value = told;
    }),
    city.on("moderation.report_closed", ({ outcome }) =>
      notice(say(`safety.outcome.${outcome}` as Key), "good", 9000),
    ),
    city.on("moderation.line_decided", ({ state, words }) => {
      const text = say(`safety.line.${state}` as Key);
      notice(words ? `${text} ${words}` : text, state === "refused" ? "bad" : "plain", 9000);
    }),
  ];
  return () => {
    clearInterval(timer);
    for (const end of ends) end();
    sanctions.value = [];
    person.value = null;
    mode.value = null;
  };
}
