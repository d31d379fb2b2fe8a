// Measures what a frame costs the main thread, and how often frames come; shown with ?debug, and read by the quality.

const KEPT = 240;

export class Gauge {
  private readonly costs = new Float32Array(KEPT);
  private readonly gaps = new Float32Array(KEPT);
  private n = 0;
  private last = 0;
  private began = 0;

  begin(now: number): void {
    if (this.last) this.gaps[this.n % KEPT] = now - this.last;
    this.last = now;
    this.began = performance.now();
  }

  end(): void {
    this.costs[this.n % KEPT] = performance.now() - this.began;
    this.n++;
  }

  /** Starts counting anew: after what is no frame like the others. */
  forget(): void {
    this.n = 0;
    this.last = 0;
  }

  /** Milliseconds of the main thread, and between frames: the middle and the worst of a hundred. */
  read(): { frames: number; cost: number; costWorst: number; gap: number; gapWorst: number } {
    const n = Math.min(this.n, KEPT);
    const costs = [...this.costs.subarray(0, n)].sort((a, b) => a - b);
    const gaps = [...this.gaps.subarray(0, n)].sort((a, b) => a - b);
    const at = (sorted: number[], share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return {
      frames: this.n,
      cost: at(costs, 0.5),
      costWorst: at(costs, 0.99),
      gap: at(gaps, 0.5),
      gapWorst: at(gaps, 0.99),
    };
  }
}
