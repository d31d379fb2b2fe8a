// The console's two languages: texts by their word, and times as people read them.
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import texts from "./texts.json";

export type Language = "ko" | "en";
export type Word = keyof typeof texts;

const KEPT = "madang.language";

export interface Speech {
  language: Language;
  choose(language: Language): void;
  /** The text of a word; what the city names itself, which has no text here, is shown as it is. */
  t(word: Word | (string & {}), values?: Record<string, string | number>): string;
  /** One of the city's own texts. */
  own(text: { ko: string; en: string } | null | undefined): string;
  /** A role with its scope, as `host@civil`. */
  role(role: string): string;
  time(ms: number | null | undefined): string;
  day(ms: number | null | undefined): string;
  /** How long from now, or ago. */
  span(ms: number): string;
  /** The same to the second, as a clock that runs down: `3:42`. */
  timer(ms: number): string;
}

const Context = createContext<Speech | undefined>(undefined);

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "ko" || kept === "en") return kept;
  return navigator.language.startsWith("ko") ? "ko" : "en";
}

/** Seoul's clock is nine hours ahead, in summer too. */
const AHEAD_MS = 9 * 3_600_000;

/** A moment as a field for times holds it, by Seoul's clock. */
export function toLocal(ms: number | undefined): string {
  return ms === undefined ? "" : new Date(ms + AHEAD_MS).toISOString().slice(0, 16);
}

export function fromLocal(text: string): number {
  return Date.parse(`${text}Z`) - AHEAD_MS;
}

/** A word of the city's that has no text here, as a person may read it: `step_asked_longer` -> `asked longer`. */
function unnamed(word: string): string {
  return word
    .replace(/^(act|step|state|kind|petition|code|held|phase|mode|lane|office)_/, "")
    .replaceAll("_", " ");
}

export function Spoken({ children }: { children: ComponentChildren }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo((): Speech => {
    const zone = "Asia/Seoul";
    const time = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: zone });
    const day = new Intl.DateTimeFormat(language, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: zone,
    });
    const own = (text: { ko: string; en: string } | null | undefined) => text?.[language] ?? "";
    const t: Speech["t"] = (word, values = {}) => {
      const text = own((texts as Record<string, { ko: string; en: string }>)[word]) || unnamed(word);
      return text.replace(/\{(\w+)\}/g, (_, name: string) => `${values[name] ?? ""}`);
    };
    return {
      language,
      choose(chosen) {
        localStorage.setItem(KEPT, chosen);
        setLanguage(chosen);
      },
      t,
      own,
      role(held) {
        const [name, scope] = held.split("@", 2) as [string, string | undefined];
        return scope ? `${t(name)} (${scope})` : t(name);
      },
      time: (ms) => (ms ? time.format(ms) : "–"),
      day: (ms) => (ms ? day.format(ms) : "–"),
      timer(ms) {
        const seconds = Math.round(Math.abs(ms) / 1000);
        const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
        const two = (n: number) => `${n}`.padStart(2, "0");
        return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
      },
      span(ms) {
        const seconds = Math.round(Math.abs(ms) / 1000);
        if (seconds < 90) return t("seconds", { n: seconds });
        if (seconds < 5400) return t("minutes", { n: Math.round(seconds / 60) });
        if (seconds < 172_800) return t("hours", { n: Math.round(seconds / 3600) });
        return t("days", { n: Math.round(seconds / 86_400) });
      },
    };
  }, [language]);
  return <Context.Provider value={speech}>{children}</Context.Provider>;
}

export function useSpeech(): Speech {
  const speech = useContext(Context);
  if (!speech) throw new Error("nothing is spoken here");
  return speech;
}
