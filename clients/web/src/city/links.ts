// A link to a place in the city: who opens it comes in there, beside who sent it.

/** Who comes by it stands so far from the place itself, metres: others come by it too. */
const BESIDE_M = 1.3;

/** Metres; nobody stands more exactly. */
const exactly = (metres: number) => metres.toFixed(1).replace(/\.0$/, "");

export function linkTo(origin: string, district: string, x: number, z: number): string {
  return `${origin}/?district=${encodeURIComponent(district)}&at=${exactly(x)},${exactly(z)}`;
}

/** Beside the place in the query of such a link, on a side by `chance` (0..1); none where it names another district or is not whole. */
export function placeIn(
  search: string,
  district: string,
  chance: number,
): { x: number; z: number } | undefined {
  const asked = new URLSearchParams(search);
  const found = /^(\d{1,6}(?:\.\d+)?),(\d{1,6}(?:\.\d+)?)$/.exec(asked.get("at") ?? "");
  if (!found || asked.get("district") !== district) return undefined;
  const turn = chance * Math.PI * 2;
  return {
    x: Math.max(0, Number(found[1]) + Math.sin(turn) * BESIDE_M),
    z: Math.max(0, Number(found[2]) + Math.cos(turn) * BESIDE_M),
  };
}
