// Who needs a frame's time has it to themselves: where the picture takes long it is not drawn in that one.

/** A picture that takes less than this is drawn in every frame all the same, milliseconds. */
const LIGHT_MS = 1;

/** So much of it is what the newest picture took. */
const NEWEST = 0.1;

let tookMs = 0;
let isAsked = false;
let wasLean = false;

/** The next frame is to be left to the page: a panel opens, or closes. */
export function spare(): void {
  isAsked = true;
}

/** A picture was drawn, and took so long. */
export function drew(ms: number): void {
  tookMs += (ms - tookMs) * NEWEST;
}

/** Whether this frame is left to the page; never two in a row, so that nothing is seen to stand still. */
export function isLean(): boolean {
  wasLean = isAsked && !wasLean && tookMs > LIGHT_MS;
  isAsked = false;
  return wasLean;
}

/** Does what takes long in one of the next two frames, the one that is left to it; it may be called off. */
export function spared(work: () => void): () => void {
  spare();
  // whoever draws is asked first: they began before this
  let frame = requestAnimationFrame(() => {
    if (wasLean || tookMs <= LIGHT_MS) return work();
    spare();
    frame = requestAnimationFrame(work);
  });
  return () => cancelAnimationFrame(frame);
}
