// Hands to wishes: keys, mouse, one or two fingers, a stick on the glass. What was pressed elsewhere is not ours.
import type { Eye } from "./camera";
import type { Wish } from "./stride";

/** A press that moved less than this, and was shorter than that, is a click. */
const CLICK_PX = 7;
const CLICK_MS = 450;

/** How far the stick goes. */
export const STICK_PX = 52;

export interface Stick {
  x: number;
  y: number;
  dx: number;
  dy: number;
}

export interface Hands {
  /** A place on the screen was clicked. */
  clicked(x: number, y: number): void;
  /** The use key, Enter or E. */
  used(): void;
  /** A number from 1 to 9 was pressed. */
  gestured(number: number): void;
  /** The stick appeared, moved or went. */
  stick(stick: Stick | null): void;
}

const KEYS: Record<string, keyof Held> = {
  KeyW: "ahead",
  ArrowUp: "ahead",
  KeyS: "back",
  ArrowDown: "back",
  KeyA: "left",
  ArrowLeft: "left",
  KeyD: "right",
  ArrowRight: "right",
  ShiftLeft: "run",
  ShiftRight: "run",
  KeyQ: "turn_left",
  KeyR: "turn_right",
};

interface Held {
  ahead: boolean;
  back: boolean;
  left: boolean;
  right: boolean;
  run: boolean;
  turn_left: boolean;
  turn_right: boolean;
}

interface Press {
  x: number;
  y: number;
  fromX: number;
  fromY: number;
  at: number;
  stick: boolean;
}

export class Controls {
  /** Whether the eye was turned by hand in the last moments. */
  turnedAt = -Infinity;
  private readonly held: Held = {
    ahead: false,
    back: false,
    left: false,
    right: false,
    run: false,
    turn_left: false,
    turn_right: false,
  };
  private readonly presses = new Map<number, Press>();
  private readonly ending = new AbortController();
  private spread = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly eye: Eye,
    private readonly hands: Hands,
  ) {
    const { signal } = this.ending;
    addEventListener("keydown", (event) => this.key(event, true), { signal });
    addEventListener("keyup", (event) => this.key(event, false), { signal });
    addEventListener("blur", () => this.release(), { signal });
    canvas.addEventListener("pointerdown", (event) => this.down(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.move(event), { signal });
    canvas.addEventListener("pointerup", (event) => this.up(event, true), { signal });
    canvas.addEventListener("pointercancel", (event) => this.up(event, false), { signal });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        eye.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.0035));
      },
      { signal, passive: false },
    );
  }

  end(): void {
    this.ending.abort();
  }

  release(): void {
    for (const key of Object.keys(this.held) as (keyof Held)[]) this.held[key] = false;
    this.presses.clear();
    this.hands.stick(null);
  }

  /** What the hands want now; turning by keys turns the eye. */
  wish(dt: number): Wish {
    const { held } = this;
    const turning = Number(held.turn_right) - Number(held.turn_left);
    if (turning) {
      this.eye.heading -= turning * dt * 1.9;
      this.turnedAt = performance.now();
    }
    let side = Number(held.right) - Number(held.left);
    let ahead = Number(held.ahead) - Number(held.back);
    let run = held.run;
    const stick = [...this.presses.values()].find((press) => press.stick);
    if (stick) {
      const dx = (stick.x - stick.fromX) / STICK_PX;
      const dy = (stick.y - stick.fromY) / STICK_PX;
      const push = Math.hypot(dx, dy);
      const most = Math.max(1, push);
      side += dx / most;
      ahead -= dy / most;
      run ||= push > 0.95;
    }
    return { side, ahead, run };
  }

  private key(event: KeyboardEvent, down: boolean): void {
    const target = event.target as HTMLElement | null;
    const busy = target?.closest(
      "input, textarea, select, [contenteditable], dialog, [role=dialog], [role=log]",
    );
    const on = KEYS[event.code];
    // one goes no further on a key that is let go elsewhere: in a field that it was held into, say
    if (on && !down) this.held[on] = false;
    if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
    if (on) {
      // arrows move between buttons and lists elsewhere; here they walk
      if (event.code.startsWith("Arrow") && target && target !== document.body && target !== this.canvas)
        return;
      this.held[on] = down;
      if (event.code.startsWith("Arrow")) event.preventDefault();
      return;
    }
    if (!down || event.repeat) return;
    const isFree = !target || target === document.body || target === this.canvas;
    if (event.code === "KeyE" || (event.code === "Enter" && isFree)) this.hands.used();
    else if (/^Digit[1-9]$/.test(event.code)) this.hands.gestured(Number(event.code.slice(5)));
    else if (event.code === "Equal" || event.code === "NumpadAdd") this.eye.zoom(0.85);
    else if (event.code === "Minus" || event.code === "NumpadSubtract") this.eye.zoom(1.18);
  }

  private down(event: PointerEvent): void {
    this.canvas.focus({ preventScroll: true });
    // a moment may pass before it is known that the pointer is gone
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      return;
    }
    const touch = event.pointerType === "touch";
    const stick =
      touch &&
      event.clientX < innerWidth * 0.42 &&
      event.clientY > innerHeight * 0.45 &&
      ![...this.presses.values()].some((press) => press.stick);
    const { clientX: x, clientY: y } = event;
    this.presses.set(event.pointerId, { x, y, fromX: x, fromY: y, at: event.timeStamp, stick });
    this.spread = 0;
    if (stick) this.hands.stick({ x, y, dx: 0, dy: 0 });
  }

  private move(event: PointerEvent): void {
    const press = this.presses.get(event.pointerId);
    if (!press) return;
    const dx = event.clientX - press.x;
    const dy = event.clientY - press.y;
    press.x = event.clientX;
    press.y = event.clientY;
    if (press.stick) {
      const [ox, oy] = [press.x - press.fromX, press.y - press.fromY];
      const most = Math.max(1, Math.hypot(ox, oy) / STICK_PX);
      this.hands.stick({ x: press.fromX, y: press.fromY, dx: ox / most, dy: oy / most });
      return;
    }
    const free = [...this.presses.values()].filter((each) => !each.stick);
    if (free.length === 2) {
      const [a, b] = free as [Press, Press];
      const spread = Math.hypot(a.x - b.x, a.y - b.y);
      if (this.spread) this.eye.zoom(this.spread / Math.max(1, spread));
      this.spread = spread;
      return;
    }
    if (Math.hypot(press.x - press.fromX, press.y - press.fromY) < CLICK_PX) return;
    this.turnedAt = performance.now();
    this.eye.turn(-dx * 0.0052, dy * 0.0042);
  }

  private up(event: PointerEvent, meant: boolean): void {
    const press = this.presses.get(event.pointerId);
    this.presses.delete(event.pointerId);
    if (!press) return;
    if (press.stick) {
      this.hands.stick(null);
      if (Math.hypot(press.x - press.fromX, press.y - press.fromY) > CLICK_PX) return;
    }
    const still = Math.hypot(press.x - press.fromX, press.y - press.fromY) < CLICK_PX;
    if (meant && still && event.button === 0 && event.timeStamp - press.at < CLICK_MS)
      this.hands.clicked(press.x, press.y);
  }
}
