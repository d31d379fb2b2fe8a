// What the page knows, as signals: the world writes them, the panels show them.
import { computed, signal } from "@preact/signals";
import type { Client, Halls, Place as Told } from "madang";
import type { District, Exhibit, Language, Portal, Zone } from "./plan";

export interface Settings {
  /** Whether the eye glides, leaves sway, panels move. */
  calm: boolean;
  contrast: boolean;
  names: boolean;
  /** Drawn finely, plainly, or as this machine can. */
  quality: "auto" | "fine" | "plain";
  /** Whether it is lit as it is in Seoul now, or always by day. */
  light: "seoul" | "day";
}

export interface Line {
  key: string;
  from: string;
  citizen: string;
  to: "nearby" | "zone" | "district" | "citizen" | "staff";
  text: string;
  at: number;
  mine: boolean;
  /** To whom, of what one whispered oneself. */
  whom?: string;
  held?: boolean;
}

export interface Person {
  slot: number;
  citizen: string;
  name: string;
  roles: string[];
  away: boolean;
  metres: number;
}

export interface Notice {
  key: number;
  tone: "plain" | "good" | "bad";
  text: string;
}

/** How the line to the city is. */
export interface Link {
  state: "none" | "coming" | "here" | "away" | "parted";
  code?: string;
  message?: string;
  /** When the next attempt begins, by performance.now(). */
  retryAt?: number;
}

const STORED = "madang.settings";

function stored(): Partial<Settings & { language: Language; name: string; model: string; tint: number }> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}");
  } catch {
    return {};
  }
}

/** Keeps what one chose, where the browser allows it. */
export function keep(more: object): void {
  try {
    localStorage.setItem(STORED, JSON.stringify({ ...stored(), ...more }));
  } catch {
    // a private window keeps nothing, and works
  }
}

const before = stored();
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const contrast = matchMedia("(prefers-contrast: more)");

export const chosen = before;
export const language = signal<Language>(
  before.language ?? (navigator.language.startsWith("ko") ? "ko" : "en"),
);
export const settings = signal<Settings>({
  calm: before.calm ?? calm.matches,
  contrast: before.contrast ?? contrast.matches,
  names: before.names ?? true,
  quality: before.quality ?? "auto",
  light: before.light ?? "seoul",
});

export const link = signal<Link>({ state: "none" });
export const client = signal<Client | null>(null);
export const told = signal<Told | null>(null);
export const district = signal<District | null>(null);
export const population = signal(0);
/** Of a district with several halls: one's own, how many are in each, how many find a seat. */
export const halls = signal<Halls>({ mine: 0, people: [] });
export const zones = signal<Zone[]>([]);
export const lines = signal<Line[]>([]);
export const people = signal<Person[]>([]);
export const notices = signal<Notice[]>([]);
/** The panel that is open, by its name in the registry. */
export const open = signal<string | null>(null);
/** Where one could do something now: a gate to go through, something to read. */
export const within = signal<{ portal: Portal } | { exhibit: Exhibit } | null>(null);
export const isMoving = signal(false);
/** Whom one writes to; null: not one citizen. */
export const whisper = signal<{ citizen: string; name: string } | null>(null);
/** To whom one walked last: where the next place has several halls, one asks for a seat beside them. */
export const companion = signal<string | null>(null);
export const me = computed(() =>
  link.value.state === "none" ? null : (client.value?.welcome?.citizen ?? null),
);

let noticed = 0;

/** Tells the citizen something, by sight and by screen reader; it goes after a while. */
export function notice(text: string, tone: Notice["tone"] = "plain", ms = 6000): void {
  const key = ++noticed;
  notices.value = [...notices.value.slice(-3), { key, tone, text }];
  setTimeout(() => {
    notices.value = notices.value.filter((each) => each.key !== key);
  }, ms);
}

/** Lines of chat that are kept on the page. */
const MOST_LINES = 200;

export function addLine(line: Line): void {
  lines.value = [...lines.value.slice(1 - MOST_LINES), line];
}

/** The district one wants to go to on coming in. */
export const wanted = signal("");
