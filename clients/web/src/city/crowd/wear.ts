// What one may wear and of which colour, also for the way in: it asks for nothing that draws.

/** What some have on; bits of a look. Zero: everyone has it. */
export const Wear = {
  always: 0,
  trousers: 1,
  skirt: 2,
  hanbok: 3,
  long_hair: 4,
  bun: 5,
  gat: 6,
  cap: 7,
  bag: 8,
  coat: 9,
  chair: 10,
} as const;

/** What one may choose; others' clients may send other names, which are drawn as `plain`. */
export const MODELS = ["plain", "skirt", "hanbok", "scholar", "cap", "rider"] as const;
export type Model = (typeof MODELS)[number];

export const TINTS = [
  "#c8452f",
  "#d9823b",
  "#d9a441",
  "#7d9a4f",
  "#2f7f6d",
  "#3a7ca5",
  "#2f4a73",
  "#7a5c91",
  "#b5607a",
  "#e8dcc6",
  "#8a8578",
  "#3c3a38",
] as const;

export const bit = (wear: number) => 1 << (wear - 1);

export const WORN: Record<Model, number> = {
  plain: bit(Wear.trousers),
  skirt: bit(Wear.skirt) | bit(Wear.long_hair),
  hanbok: bit(Wear.hanbok) | bit(Wear.bun),
  scholar: bit(Wear.coat) | bit(Wear.gat),
  cap: bit(Wear.trousers) | bit(Wear.cap) | bit(Wear.bag),
  rider: bit(Wear.trousers) | bit(Wear.chair),
};
