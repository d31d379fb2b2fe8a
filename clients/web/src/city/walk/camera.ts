// The eye behind the citizen: it orbits, comes nearer, looks through the citizen's own eyes, and keeps clear of buildings.
import { PerspectiveCamera, Vector3 } from "three";
import { contains } from "../plan";
import type { Body } from "../scene/sight";

const NEAREST = 1.2;
const FURTHEST = 42;
/** Nearer than this one looks through one's own eyes. */
export const FIRST_PERSON_M = 1.6;

/** So high are one's own eyes. */
const EYES_M = 1.55;

/** So finely the way to the eye is looked along, metres; and so far before what is in it the eye stays. */
const STEP_M = 0.75;
const BEFORE_M = 0.9;

/** It looks so far over one's head, by its distance: one stands in the lower third, and the place has the rest. */
const OVERHEAD = 0.14;
const OVERHEAD_INDOORS = 0.04;

/** Under a roof that is lifted off one looks down a little, over the partitions, and still sees the walls. */
const INDOORS_PITCH = 0.28;

export class Eye {
  readonly camera = new PerspectiveCamera(58, 1, 0.15, 2600);
  /** Where it looks, as a yaw: forward = (sin, cos). */
  heading = 0;
  pitch = 0.24;
  distance = 8.5;
  private shown = 8.5;
  private shownHeading = 0;
  private shownPitch = 0.24;
  private overhead = OVERHEAD;
  private readonly target = new Vector3();
  private readonly at = new Vector3();
  private isNew = true;

  get isFirstPerson(): boolean {
    return this.shown < FIRST_PERSON_M;
  }

  turn(across: number, up: number): void {
    this.heading -= across;
    this.pitch = Math.min(1.35, Math.max(-0.35, this.pitch + up));
  }

  zoom(by: number): void {
    this.distance = Math.min(FURTHEST, Math.max(NEAREST, this.distance * by));
  }

  /** Behind someone who looks this way. */
  face(yaw: number): void {
    this.heading = yaw;
    this.isNew = true;
  }

  /** While one walks without turning the eye oneself, it comes round slowly behind. */
  drift(yaw: number, dt: number): void {
    const off = Math.atan2(Math.sin(yaw - this.heading), Math.cos(yaw - this.heading));
    if (Math.abs(off) < 2.4) this.heading += off * (1 - Math.exp(-0.9 * dt));
  }

  look(
    x: number,
    y: number,
    z: number,
    dt: number,
    bodies: readonly Body[],
    indoors: boolean,
    still: boolean,
  ): void {
    const ease = this.isNew || still ? 1 : 1 - Math.exp(-14 * dt);
    const slow = this.isNew || still ? 1 : 1 - Math.exp(-7 * dt);
    const off = Math.atan2(
      Math.sin(this.heading - this.shownHeading),
      Math.cos(this.heading - this.shownHeading),
    );
    this.shownHeading += off * ease;
    this.shownPitch +=
      ((indoors ? Math.max(this.pitch, INDOORS_PITCH) : this.pitch) - this.shownPitch) * ease;
    this.overhead += ((indoors ? OVERHEAD_INDOORS : OVERHEAD) - this.overhead) * slow;
    this.target.lerp(this.at.set(x, y + EYES_M, z), this.isNew ? 1 : 1 - Math.exp(-22 * dt));
    const wanted = Math.min(this.distance, indoors ? 9 : this.distance);
    const free = this.clear(wanted, bodies);
    this.shown += (free - this.shown) * (free < this.shown ? ease : slow);
    this.isNew = false;
    const sin = Math.sin(this.shownHeading);
    const cos = Math.cos(this.shownHeading);
    const lift = Math.sin(this.shownPitch);
    const flat = Math.cos(this.shownPitch);
    if (this.isFirstPerson) {
      this.camera.position.copy(this.target);
      this.camera.lookAt(this.target.x + sin * flat, this.target.y - lift + 0.1, this.target.z + cos * flat);
      return;
    }
    this.camera.position.set(
      this.target.x - sin * flat * this.shown,
      Math.max(0.4, this.target.y + lift * this.shown + 0.1),
      this.target.z - cos * flat * this.shown,
    );
    this.camera.lookAt(this.target.x, this.target.y + this.overhead * this.shown, this.target.z);
  }

  /** How far back it can be before a building comes between. */
  private clear(wanted: number, bodies: readonly Body[]): number {
    const { x, y, z } = this.target;
    const flat = Math.cos(this.shownPitch);
    const back = -Math.sin(this.shownHeading) * flat;
    const aside = -Math.cos(this.shownHeading) * flat;
    const lift = Math.sin(this.shownPitch);
    const endX = x + back * wanted;
    const endZ = z + aside * wanted;
    let free = wanted;
    for (const { building, x0, z0, x1, z1 } of bodies) {
      if (Math.max(x, endX) < x0 || Math.min(x, endX) > x1) continue;
      if (Math.max(z, endZ) < z0 || Math.min(z, endZ) > z1) continue;
      for (let far = 1; far <= free; far += STEP_M) {
        if (y + lift * far >= building.height) continue;
        if (contains(building.footprint, x + back * far, z + aside * far)) {
          free = far - BEFORE_M;
          break;
        }
      }
    }
    return free < wanted ? Math.max(NEAREST + 0.6, free) : wanted;
  }
}
