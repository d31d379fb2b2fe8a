// What had the focus goes with what was done: then what stood around it has the focus, so that the next key starts there.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Within a box, for keys: who points at something, or is elsewhere by now, is led nowhere. */
export function useKeptFocus(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = box.current!;
    /** What has the focus, and all that is around it, up to the box. */
    let around: HTMLElement[] = [];
    const forget = () => {
      around = [];
    };
    const chosen = ({ target }: FocusEvent) => {
      forget();
      for (let at = target as HTMLElement | null; at && root.contains(at); at = at.parentElement)
        around.push(at);
    };
    const watch = new MutationObserver(() => {
      if (!around.length || around[0]!.isConnected) return;
      const left = around.find((each) => each.isConnected) ?? root;
      forget();
      if (document.activeElement !== document.body) return;
      if (!left.hasAttribute("tabindex")) left.tabIndex = -1;
      left.focus({ preventScroll: true });
    });
    document.addEventListener("focusin", chosen);
    document.addEventListener("pointerdown", forget);
    watch.observe(root, { childList: true, subtree: true });
    return () => {
      watch.disconnect();
      document.removeEventListener("focusin", chosen);
      document.removeEventListener("pointerdown", forget);
    };
  }, []);
}
