// Who is nearest: a few of thousands, found many times a second, so without an object for any of them.
import type { Shown } from "./crowd";

export class Nearest {
  /** Rows of the nearest, the nearest first; the first `count` of them. */
  readonly rows: Int32Array;
  /** How far each is, metres. */
  readonly away: Float32Array;
  count = 0;

  constructor(private readonly most: number) {
    this.rows = new Int32Array(most);
    this.away = new Float32Array(most);
  }

  /** Looks anew around (x, z), no further than `metres`. */
  look({ count, x: xs, z: zs }: Shown, x: number, z: number, metres: number): void {
    const { rows, away, most } = this;
    let found = 0;
    let furthest = metres;
    for (let row = 0; row < count; row++) {
      const dx = xs[row]! - x;
      const dz = zs[row]! - z;
      if (dx > furthest || dx < -furthest || dz > furthest || dz < -furthest) continue;
      const far = Math.sqrt(dx * dx + dz * dz);
      if (far >= furthest) continue;
      let at = found < most ? found++ : most - 1;
      for (; at > 0 && away[at - 1]! > far; at--) {
        away[at] = away[at - 1]!;
        rows[at] = rows[at - 1]!;
      }
      away[at] = far;
      rows[at] = row;
      if (found === most) furthest = away[most - 1]!;
    }
    this.count = found;
  }
}
