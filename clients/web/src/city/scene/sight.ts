// Whether a house stands between the eye and a place.
import { type Building, bounds, contains } from "../plan";

/** So finely a line of sight is looked along within a house's bounds, metres. */
const STEP_M = 1.5;

interface Place {
  x: number;
  y: number;
  z: number;
}

export class Sight {
  private readonly bodies: { body: Building; x0: number; z0: number; x1: number; z1: number }[];

  constructor(bodies: readonly Building[]) {
    this.bodies = bodies.map((body) => ({ body, ...bounds(body.footprint) }));
  }

  /** A house around `to` itself is not in the way. */
  isFree(from: Place, to: Place): boolean {
    const [dx, dy, dz] = [to.x - from.x, to.y - from.y, to.z - from.z];
    const step = STEP_M / Math.max(STEP_M, Math.hypot(dx, dz));
    for (const { body, x0, z0, x1, z1 } of this.bodies) {
      const [nearX, farX] = span(from.x, dx, x0, x1);
      const [nearZ, farZ] = span(from.z, dz, z0, z1);
      const far = Math.min(farX, farZ, 1);
      for (let t = Math.max(nearX, nearZ, 0); t < far; t += step) {
        const y = from.y + dy * t;
        if (y < body.base || y > body.height || !contains(body.footprint, from.x + dx * t, from.z + dz * t))
          continue;
        if (contains(body.footprint, to.x, to.z)) break;
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
