// The stick under a thumb.
import type { Stick } from "../walk/controls";

export function Thumb({ stick }: { stick: Stick | null }) {
  if (!stick) return null;
  return (
    <div class="stick" aria-hidden="true" style={{ left: `${stick.x}px`, top: `${stick.y}px` }}>
      <i style={{ transform: `translate(${stick.dx}px, ${stick.dy}px)` }} />
    </div>
  );
}
