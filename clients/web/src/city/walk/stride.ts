// One's own steps: from keys, a stick or a way that was clicked, along walls, at the pace of a walk or a run.
import type { Barriers } from "./barriers";

export const WALK_M_S = 2.2;
export const RUN_M_S = 6;

/** How quickly a body comes to its pace, and turns; per second. */
const EAGER = 9;
const TURNING = 11;

export const Stance = {
  stand: 0,
  walk: 1,
  run: 2,
  sit: 3,
  raise_hand: 4,
  wave: 5,
  clap: 6,
  dance: 7,
} as const;

/** What the hands want: which way on the screen, and how fast. */
export interface Wish {
  /** Right and ahead, each from -1 to 1. */
  side: number;
  ahead: number;
  run: boolean;
}

export class Stride {
  x = 0;
  z = 0;
  yaw = 0;
  /** Metres a second along the ground. */
  speed = 0;
  stance: number = Stance.stand;
  private vx = 0;
  private vz = 0;
  private way: [number, number][] = [];
  private stuckS = 0;

  /** Stands there at once. */
  put(x: number, z: number, yaw: number): void {
    this.x = x;
    this.z = z;
    this.yaw = yaw;
    this.vx = this.vz = this.speed = 0;
    this.way = [];
    this.stance = Stance.stand;
  }

  follow(way: [number, number][]): void {
    this.way = way;
    this.stuckS = 0;
  }

  get goal(): [number, number] | undefined {
    return this.way.at(-1);
  }

  /** A stance to keep until the next step. */
  hold(stance: number): void {
    if (this.speed < 0.2) this.stance = stance;
  }

  /** One frame; whether anything about it has changed. `heading`: where the camera looks, radians as a yaw. */
  step(dt: number, wish: Wish, heading: number, barriers: Barriers): boolean {
    let [wx, wz] = [0, 0];
    let pace = 0;
    const push = Math.min(1, Math.hypot(wish.side, wish.ahead));
    if (push > 0.05) {
      this.way = [];
      const turn = heading - Math.atan2(wish.side, wish.ahead);
      [wx, wz] = [Math.sin(turn), Math.cos(turn)];
      pace = (wish.run ? RUN_M_S : WALK_M_S) * push;
    } else if (this.way.length) {
      const [gx, gz] = this.way[0]!;
      const left = Math.hypot(gx - this.x, gz - this.z);
      const all = this.way.reduce(
        (sum, place, i) =>
          sum + (i ? Math.hypot(place[0] - this.way[i - 1]![0], place[1] - this.way[i - 1]![1]) : left),
        0,
      );
      if (left < (this.way.length > 1 ? 0.35 : 0.12)) {
        this.way.shift();
      } else {
        [wx, wz] = [(gx - this.x) / left, (gz - this.z) / left];
        pace = wish.run || all > 12 ? RUN_M_S * 0.8 : WALK_M_S;
        if (this.way.length === 1) pace = Math.min(pace, left * 5 + 0.3);
      }
    }
    const ease = 1 - Math.exp(-EAGER * dt);
    this.vx += (wx * pace - this.vx) * ease;
    this.vz += (wz * pace - this.vz) * ease;
    if (pace === 0 && Math.hypot(this.vx, this.vz) < 0.05) this.vx = this.vz = 0;
    const [x0, z0] = [this.x, this.z];
    if (this.vx || this.vz) {
      [this.x, this.z] = barriers.slide(x0, z0, x0 + this.vx * dt, z0 + this.vz * dt);
    }
    const went = Math.hypot(this.x - x0, this.z - z0);
    this.speed = dt > 0 ? went / dt : 0;
    if (this.way.length && this.speed < 0.2) {
      this.stuckS += dt;
      if (this.stuckS > 1.2) this.way = [];
    } else this.stuckS = 0;
    const yaw = this.yaw;
    if (this.vx || this.vz) {
      const wanted = Math.atan2(this.vx, this.vz);
      const off = Math.atan2(Math.sin(wanted - this.yaw), Math.cos(wanted - this.yaw));
      this.yaw += off * (1 - Math.exp(-TURNING * dt));
    }
    const stance = this.stance;
    if (this.speed > 3.2) this.stance = Stance.run;
    else if (this.speed > 0.25) this.stance = Stance.walk;
    else if (this.stance === Stance.walk || this.stance === Stance.run) this.stance = Stance.stand;
    return went > 1e-4 || Math.abs(this.yaw - yaw) > 1e-3 || this.stance !== stance;
  }
}
