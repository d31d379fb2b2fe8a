// The words of the page, in the language that was chosen; Korean and English have the same keys, which a test checks.
import { computed, signal } from "@preact/signals";
import type { Language, Text } from "./plan";
import { keep, language } from "./state";
import type ko from "./texts/ko.json";

export type Key = keyof typeof ko;

const words = signal<Record<string, string>>({});

const LOADERS: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  ko: () => import("./texts/ko.json"),
  en: () => import("./texts/en.json"),
};

/** Speaks this language from now on. */
export async function speak(to: Language): Promise<void> {
  words.value = (await LOADERS[to]()).default;
  language.value = to;
  document.documentElement.lang = to;
  document.title = words.value["title"] ?? "Madang";
  keep({ language: to });
}

/** A text; `{name}` in it stands for what is given under that name. */
export function say(key: Key, given: Record<string, string | number> = {}): string {
  const text = words.value[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => apart(String(given[name] ?? whole)));
}

/** What is written from right to left, or turns the direction, keeps it to itself within a sentence. */
function apart(text: string): string {
  return /[\p{Script=Arabic}\p{Script=Hebrew}\u202a-\u202e\u2066-\u2069]/u.test(text)
    ? `\u2068${text}\u2069`
    : text;
}

/** A text whose key is made of parts, where there is one: else what else is given. */
export function sayMaybe(key: string, otherwise: string): string {
  return words.value[key] ?? otherwise;
}

/** What the city says in both languages. */
export function of(text: Text | { ko: string; en: string } | null | undefined): string {
  return text?.[language.value] ?? "";
}

/** Made once for each language: making one costs more than the row it stands in. */
const dates = (parts: Intl.DateTimeFormatOptions) =>
  computed(() => new Intl.DateTimeFormat(language.value, { timeZone: "Asia/Seoul", ...parts }));

const times = dates({ hour: "numeric", minute: "2-digit" });
const days = dates({ month: "long", day: "numeric", weekday: "short" });
const moments = dates({
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
});
const numbers = computed(() => new Intl.NumberFormat(language.value));

export function time(ms: number): string {
  return times.value.format(ms);
}

export function day(ms: number): string {
  return days.value.format(ms);
}

export function moment(ms: number): string {
  return moments.value.format(ms);
}

export function number(n: number): string {
  return numbers.value.format(n);
}
