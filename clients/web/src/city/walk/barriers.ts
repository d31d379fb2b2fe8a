// What bars the way, felt before the city says so: walls, closed doors, zones one may not enter, the district's edge.
import { contains, type District, type Zone } from "../plan";

/** How near one comes to a wall, metres. The city itself has no such distance: it bars what crosses a line. */
export const BODY_M = 0.35;

const CELL_M = 8;

export interface Rights {
  roles: readonly string[];
  grants: readonly string[];
}

/** Whether a list of roles and `grant:NAME` admits this citizen here; empty admits everyone. A role may be scoped. */
export function isAdmitted(rights: Rights, access: readonly string[], district: string): boolean {
  if (!access.length) return true;
  return access.some((word) =>
    word.startsWith("grant:")
      ? rights.grants.includes(word.slice(6))
      : rights.roles.some((role) => role === word || role === `${word}@${district}`),
  );
}

type Line = readonly [x0: number, z0: number, x1: number, z1: number];

export class Barriers {
  private readonly cells = new Map<number, Line[]>();
  private readonly closed: Zone[];

  constructor(
    private readonly district: District,
    rights: Rights,
  ) {
    for (const wall of district.walls) for (const line of wall.lines) this.add(line);
    for (const door of district.doors) {
      if (!door.open && !(door.access.length && isAdmitted(rights, door.access, district.id)))
        this.add(door.line);
    }
    this.closed = district.zones.filter((zone) => !isAdmitted(rights, zone.access, district.id));
  }

  private add(line: Line): void {
    const [x0, z0, x1, z1] = line;
    const margin = BODY_M;
    for (let i = cell(Math.min(x0, x1) - margin); i <= cell(Math.max(x0, x1) + margin); i++) {
      for (let j = cell(Math.min(z0, z1) - margin); j <= cell(Math.max(z0, z1) + margin); j++) {
        const key = i * 4096 + j;
        const lines = this.cells.get(key);
        if (lines) lines.push(line);
        else this.cells.set(key, [line]);
      }
    }
  }

  private *near(x0: number, z0: number, x1: number, z1: number): Iterable<Line> {
    for (let i = cell(Math.min(x0, x1) - BODY_M); i <= cell(Math.max(x0, x1) + BODY_M); i++) {
      for (let j = cell(Math.min(z0, z1) - BODY_M); j <= cell(Math.max(z0, z1) + BODY_M); j++) {
        yield* this.cells.get(i * 4096 + j) ?? [];
      }
    }
  }

  /** Whether one may go straight from one place to another. */
  isFree(x0: number, z0: number, x1: number, z1: number): boolean {
    if (!this.isOpen(x1, z1)) return false;
    for (const line of this.near(x0, z0, x1, z1)) if (crosses(x0, z0, x1, z1, line)) return false;
    return true;
  }

  /** Whether one may stand there, with room for a body. */
  hasRoom(x: number, z: number): boolean {
    if (!this.isOpen(x, z)) return false;
    for (const line of this.near(x, z, x, z)) if (distance(x, z, line)[0] < BODY_M * 0.9) return false;
    return true;
  }

  private isOpen(x: number, z: number): boolean {
    const { width, depth } = this.district;
    if (x < 0.2 || z < 0.2 || x > width - 0.2 || z > depth - 0.2) return false;
    return !this.closed.some((zone) => contains(zone.polygon, x, z));
  }

  /** Where one comes to who wants to go from one place to another: along walls, never through them. */
  slide(x0: number, z0: number, x1: number, z1: number): [x: number, z: number] {
    let [x, z] = [x1, z1];
    for (let round = 0; round < 3; round++) {
      let pushed = false;
      for (const line of this.near(x0, z0, x, z)) {
        const [away, nx, nz] = distance(x, z, line);
        if (crosses(x0, z0, x, z, line)) {
          // back to the side from which one came
          const [, px, pz] = distance(x0, z0, line);
          const [ax, az] = foot(x, z, line);
          [x, z] = [ax + px * BODY_M, az + pz * BODY_M];
          pushed = true;
        } else if (away < BODY_M) {
          const [ax, az] = foot(x, z, line);
          [x, z] = [ax + nx * BODY_M, az + nz * BODY_M];
          pushed = true;
        }
      }
      if (!pushed) break;
    }
    return this.isFree(x0, z0, x, z) ? [x, z] : [x0, z0];
  }
}

const cell = (metres: number) => Math.floor(metres / CELL_M);

function foot(x: number, z: number, [x0, z0, x1, z1]: Line): [number, number] {
  const dx = x1 - x0;
  const dz = z1 - z0;
  const t = Math.min(1, Math.max(0, ((x - x0) * dx + (z - z0) * dz) / (dx * dx + dz * dz || 1)));
  return [x0 + dx * t, z0 + dz * t];
}

/** Metres to a line, and the direction away from it. */
function distance(x: number, z: number, line: Line): [metres: number, nx: number, nz: number] {
  const [ax, az] = foot(x, z, line);
  const away = Math.hypot(x - ax, z - az);
  return away > 1e-9 ? [away, (x - ax) / away, (z - az) / away] : [0, 0, 0];
}

function crosses(ax: number, az: number, bx: number, bz: number, [cx, cz, dx, dz]: Line): boolean {
  const side = (px: number, pz: number, qx: number, qz: number, rx: number, rz: number) =>
    (qx - px) * (rz - pz) - (rx - px) * (qz - pz);
  const one = side(ax, az, bx, bz, cx, cz);
  const two = side(ax, az, bx, bz, dx, dz);
  const three = side(cx, cz, dx, dz, ax, az);
  const four = side(cx, cz, dx, dz, bx, bz);
  return one * two <= 0 && three * four <= 0 && !(one === 0 && two === 0 && three === 0 && four === 0);
}
