// One's own avatar: it moves at once and is told to the city, which may put it back.
import { encodePose, type Pose, STANCE, TURN_65536 } from "./poses.ts";
import type { Surroundings } from "./surroundings.ts";

/** Poses a second, where the server's limit is not lower. */
export const POSE_HZ = 10;

/** Metres a second of a citizen who walks. */
export const WALKING_M_S = 1.4;

/** From this speed on a citizen runs. */
export const RUNNING_M_S = 3;

/** How a walk ended: there, or stopped by another step of one's own, or put back for the city's reason. */
export type WalkEnd =
  | "arrived"
  | "stopped"
  | "too_fast"
  | "blocked"
  | "not_allowed"
  | "moderator"
  | "entered";

interface Walk {
  x: number;
  z: number;
  speed: number;
  end(how: WalkEnd): void;
}

export class Walker implements Readonly<Pose> {
  x = 0;
  y = 0;
  z = 0;
  yaw = 0;
  stance: number = STANCE.stand;
  /** Poses a second that may be sent. */
  poseHz = POSE_HZ;

  #seq = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #unsend: (() => void) | undefined;
  #walk: Walk | undefined;
  #step: (() => void) | undefined;

  /** `send` takes the bytes of a pose and says whether they went out; `stood` is told of every step. */
  constructor(
    readonly around: Surroundings,
    readonly send: (pose: Uint8Array<ArrayBuffer>) => boolean,
    readonly stood: () => void,
  ) {}

  /** Stands there at once, and tells it as often as poses may be sent; the last place is always told. */
  stand(x: number, z: number, more: Partial<Pose> = {}): void {
    this.#stopWalking("stopped");
    this.#stand(x, z, more);
  }

  #stand(x: number, z: number, more: Partial<Pose>): void {
    Object.assign(this, more, { x, z });
    this.stood();
    const dueMs = this.#sentAt + 1000 / this.poseHz - this.around.now();
    if (dueMs <= 0) this.#tell();
    else this.#unsend ??= this.around.after(dueMs, () => this.#tell());
  }

  #tell(): void {
    this.#unsend?.();
    this.#unsend = undefined;
    this.#sentAt = this.around.now();
    this.#seq = (this.#seq + 1) & 0xff;
    this.send(encodePose(this, this.#seq));
  }

  /** The city says where this avatar stands; `yaw` in turns / 65536. Where it was put back, that is answered. */
  put(to: { x: number; y: number; z: number; yaw: number }, how: WalkEnd): void {
    this.#stopWalking(how);
    this.#unsend?.();
    this.#unsend = undefined;
    this.x = to.x;
    this.y = to.y;
    this.z = to.z;
    this.yaw = to.yaw * TURN_65536;
    this.stance = STANCE.stand;
    this.stood();
    if (how !== "entered") this.#tell();
  }

  /** Walks straight to (x, z), in metres, at `speed` metres a second; says how that ended. */
  walkTo(x: number, z: number, speed = WALKING_M_S): Promise<WalkEnd> {
    this.#stopWalking("stopped");
    return new Promise((end) => {
      this.#walk = { x, z, speed, end };
      this.#stride(this.around.now());
    });
  }

  /** Stands still where one is. */
  stop(): void {
    this.stand(this.x, this.z, { stance: STANCE.stand });
  }

  #stride(beganAt: number): void {
    this.#step = this.around.after(1000 / this.poseHz, () => {
      const walk = this.#walk;
      if (!walk) return;
      const now = this.around.now();
      // After a pause, as of a page in the background, one goes on from where one is and makes up for nothing.
      const way = walk.speed * Math.min((now - beganAt) / 1000, 0.5);
      const [dx, dz] = [walk.x - this.x, walk.z - this.z];
      const rest = Math.hypot(dx, dz);
      const yaw = rest > 0 ? Math.atan2(dx, dz) : this.yaw;
      if (rest <= way) {
        this.#stand(walk.x, walk.z, { yaw, stance: STANCE.stand });
        this.#stopWalking("arrived");
        return;
      }
      const stance = walk.speed >= RUNNING_M_S ? STANCE.run : STANCE.walk;
      this.#stand(this.x + (dx / rest) * way, this.z + (dz / rest) * way, { yaw, stance });
      this.#stride(now);
    });
  }

  #stopWalking(how: WalkEnd): void {
    this.#step?.();
    this.#step = undefined;
    const walk = this.#walk;
    this.#walk = undefined;
    walk?.end(how);
  }

  /** Tells nothing more. */
  rest(): void {
    this.#stopWalking("stopped");
    this.#unsend?.();
    this.#unsend = undefined;
  }
}
