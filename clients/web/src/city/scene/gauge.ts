// Measures what a frame costs the main thread, and how often frames come; shown with ?debug, and read by the quality.
import { spent } from "../spent";

const KEPT = 240;

/** Costs are counted by tenths of a millisecond, up to here and beyond. */
const STEPS = 1000;
const STEP_MS = 0.1;

/** The middle and the worst of a hundred of what was counted, milliseconds. */
interface Spread {
  middle: number;
  worst: number;
}

export class Gauge {
  private readonly costs = new Float32Array(KEPT);
  private readonly drivers = new Float32Array(KEPT);
  private readonly gaps = new Float32Array(KEPT);
  /** How many frames cost so many tenths of a millisecond, and what was heard in so many: since the page was opened. */
  readonly counted = { cost: new Uint32Array(STEPS), heard: new Uint32Array(STEPS) };
  private n = 0;
  private last = 0;
  private began = 0;
  private driverBefore = 0;
  private heardBefore = 0;

  begin(now: number): void {
    if (this.last) this.gaps[this.n % KEPT] = now - this.last;
    this.last = now;
    this.began = performance.now();
    this.driverBefore = spent.driver;
  }

  /** All is drawn. A frame costs its own work and what was heard since the one before; the driver's calls stand apart. */
  end(): number {
    const driver = spent.driver - this.driverBefore;
    const heard = spent.heard - this.heardBefore;
    this.heardBefore = spent.heard;
    const cost = performance.now() - this.began - driver + heard;
    this.costs[this.n % KEPT] = cost;
    count(this.counted.cost, cost);
    count(this.counted.heard, heard);
    this.drivers[this.n % KEPT] = driver;
    this.n++;
    return cost;
  }

  /** Starts counting anew: after what is no frame like the others. */
  forget(): void {
    this.n = 0;
    this.last = 0;
  }

  read(): { frames: number; cost: Spread; driver: Spread; gap: Spread } {
    const n = Math.min(this.n, KEPT);
    const spread = (all: Float32Array): Spread => {
      const sorted = all.slice(0, n).sort();
      const at = (share: number) => sorted[Math.min(n - 1, Math.floor(n * share))] ?? 0;
      return { middle: at(0.5), worst: at(0.99) };
    };
    return {
      frames: this.n,
      cost: spread(this.costs),
      driver: spread(this.drivers),
      gap: spread(this.gaps),
    };
  }
}

function count(steps: Uint32Array, ms: number): void {
  const step = Math.min(STEPS - 1, Math.max(0, Math.floor(ms / STEP_MS)));
  steps[step] = steps[step]! + 1;
}
