// Who needs much of the next frame's time says so, and what of the picture may wait for one frame then waits.

let isAsked = false;
let wasLean = false;

/** The next frame is to cost little: a panel opens, or closes. */
export function spare(): void {
  isAsked = true;
}

/** Whether this frame is to cost little; never two in a row, so that nothing is seen to stand still. */
export function isLean(): boolean {
  wasLean = isAsked && !wasLean;
  isAsked = false;
  return wasLean;
}
