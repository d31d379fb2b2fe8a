// What the city says beside a refusal, which it says in English alone, in Korean.
import korean from "./reasons.json";

/** Each sentence as a pattern: `{}` stands for a number or a word of the city's. */
const KNOWN = Object.entries(korean).map(([english, text]): [RegExp, string] => {
  const parts = english.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return [new RegExp(`^${parts.join("(.+?)")}$`), text];
});

/** A sentence of the city's in Korean; empty where it has none, as half a page of English helps nobody. */
export function inKorean(sentence: string, t: (word: string) => string): string {
  for (const [pattern, text] of KNOWN) {
    const found = pattern.exec(sentence);
    if (!found) continue;
    return text.replace(/\{(\w*)\}/, (_, kind: string) => (kind ? t(`${kind}_${found[1]}`) : found[1]!));
  }
  return "";
}
