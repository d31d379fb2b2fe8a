// The sheet in which a panel opens, beside the place and never over all of it; Escape closes it.
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { spared } from "../pace";
import { PANELS, type PanelProps } from "../panels/registry";
import { open } from "../state";
import { say } from "../texts";
import type { World } from "../world";
import { Icon } from "./icons";
import { useKeptFocus } from "./keeps_focus";

export function Sheet({ id, world }: { id: string; world: World }) {
  const panel = PANELS.find((each) => each.id === id);
  const [Body, setBody] = useState<ComponentType<PanelProps> | null>(null);
  const [isBroken, setBroken] = useState(false);
  const box = useRef<HTMLElement>(null);
  useKeptFocus(box);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus();
    let callOff = () => {};
    panel?.load().then(
      // the sheet itself is one frame's work, and what is in it begins with the next
      (loaded) => {
        callOff = spared(() => setBody(() => loaded));
      },
      () => setBroken(true),
    );
    // what had the focus may be gone with what was done, and then no key comes through the sheet
    const unfocused = (event: KeyboardEvent) => {
      if (event.key === "Escape" && event.target === document.body) open.value = null;
    };
    document.addEventListener("keydown", unfocused);
    return () => {
      document.removeEventListener("keydown", unfocused);
      callOff();
      const now = document.activeElement;
      const isElsewhere = now && now !== document.body && !box.current?.contains(now);
      if (before?.isConnected && !isElsewhere) before.focus();
    };
  }, []);
  if (!panel) return null;
  return (
    <section
      id="sheet"
      ref={box}
      class="sheet"
      role="dialog"
      aria-labelledby="sheet_title"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        open.value = null;
      }}
    >
      <header>
        <h2 id="sheet_title">{say(panel.title)}</h2>
        <button
          type="button"
          class="icon"
          aria-label={say("panel.close")}
          onClick={() => {
            open.value = null;
          }}
        >
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text with nothing to press is scrolled by keys too */}
      <div class="body" tabIndex={0}>
        {isBroken ? (
          <p role="alert" class="bad">
            {say("panel.failed")}
          </p>
        ) : Body ? (
          <Body world={world} />
        ) : (
          <p class="soft">{say("panel.loading")}</p>
        )}
      </div>
    </section>
  );
}
