// What somebody wrote with a step of a petition, as far as the step's own sentence does not tell it.
import type { Words } from "madang";

const TEXTS = ["missing", "decision", "text", "measure"];

export function written({ what, about }: Words.HistoryCard): string {
  const items = (about["items"] ?? []) as { what: string; article: string }[];
  // the other steps name a reason of the city's list, which their sentence tells
  const names = what === "routed" || what === "transferred" ? [...TEXTS, "reason"] : TEXTS;
  return [
    ...items.map((item) => `- ${item.what} (${item.article})`),
    ...names.map((name) => about[name]).filter((text) => typeof text === "string" && text),
  ].join("\n");
}
