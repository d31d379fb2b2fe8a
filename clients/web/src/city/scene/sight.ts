// Whether a house stands between the eye and a place.
import { type Bounds, type Building, bounds, contains } from "../plan";

/** So finely a line of sight is looked along within a house's bounds, metres. */
const STEP_M = 1.5;

interface Place {
  x: number;
  y: number;
  z: number;
}

export type Solid = Pick<Building, "footprint" | "base" | "height">;

/** What may stand in the way: a building, and within which bounds it does. */
export interface Body extends Bounds {
  building: Solid;
}

export function bodyOf(building: Solid): Body {
  return { building, ...bounds(building.footprint) };
}

export class Sight {
  private readonly bodies: Body[];

  constructor(buildings: readonly Solid[]) {
    this.bodies = buildings.map(bodyOf);
  }

  /** A house around `to` itself is not in the way. */
  isFree(from: Place, to: Place): boolean {
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    const dz = to.z - from.z;
    const step = STEP_M / Math.max(STEP_M, Math.hypot(dx, dz));
    for (const { building, x0, z0, x1, z1 } of this.bodies) {
      if (Math.max(from.x, to.x) < x0 || Math.min(from.x, to.x) > x1) continue;
      if (Math.max(from.z, to.z) < z0 || Math.min(from.z, to.z) > z1) continue;
      const [nearX, farX] = span(from.x, dx, x0, x1);
      const [nearZ, farZ] = span(from.z, dz, z0, z1);
      const far = Math.min(farX, farZ, 1);
      const { footprint, base, height } = building;
      for (let t = Math.max(nearX, nearZ, 0); t < far; t += step) {
        const y = from.y + dy * t;
        if (y < base || y > height || !contains(footprint, from.x + dx * t, from.z + dz * t)) continue;
        if (contains(footprint, to.x, to.z)) break;
        return false;
      }
    }
    return true;
  }
}

/** From which share of a way to which it is between two bounds, along one axis. */
function span(from: number, way: number, low: number, high: number): [number, number] {
  if (Math.abs(way) < 1e-6)
    return from > low && from < high
      ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
      : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const [one, other] = [(low - from) / way, (high - from) / way];
  return one < other ? [one, other] : [other, one];
}
