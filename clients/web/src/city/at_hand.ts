// Where one stands, and what one could do there: the zones around one, a gate to go through, something to read.
import { contains, type District, type Exhibit } from "./plan";
import { within, zones } from "./state";

/** One stands before a stele from so near, metres. */
const EXHIBIT_M = 3.2;

/** And within a gate so far around what its plan says. */
const GATE_M = 0.8;

/** Tells the page what is around (x, z), where it is another than before. */
export function lookAround({ zones: all, portals, exhibits }: District, x: number, z: number): void {
  const here = all.filter(({ polygon }) => contains(polygon, x, z));
  if (here.length !== zones.value.length || here.some((zone, n) => zone.id !== zones.value[n]!.id))
    zones.value = here;
  const portal = portals.find(({ at, radius }) => Math.hypot(at[0] - x, at[1] - z) < radius + GATE_M);
  const before = within.value;
  if (portal) {
    if (!before || !("portal" in before) || before.portal !== portal) within.value = { portal };
    return;
  }
  let nearest = EXHIBIT_M;
  let exhibit: Exhibit | undefined;
  for (const each of exhibits) {
    const away = Math.hypot(each.at[0] - x, each.at[1] - z);
    if (away < nearest) [nearest, exhibit] = [away, each];
  }
  if (exhibit) {
    if (!before || !("exhibit" in before) || before.exhibit !== exhibit) within.value = { exhibit };
  } else if (before) within.value = null;
}
