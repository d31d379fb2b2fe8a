// The tabs of a view: one of them is in the order of Tab; arrows on them, and [ and ] anywhere, go to the neighbours.
import { useRef } from "preact/hooks";
import { useKeys } from "./keys.tsx";

export interface Tab {
  id: string;
  text: string;
  count?: number | undefined;
}

interface Shown {
  label: string;
  tabs: readonly Tab[];
  open: string | undefined;
  choose(id: string): void;
}

export function Tabs({ label, tabs, open, choose }: Shown) {
  const list = useRef<HTMLDivElement>(null);
  useKeys((key, target) => {
    const isHere = list.current?.contains(target) ?? false;
    const step =
      key === "]" || (isHere && key === "ArrowRight")
        ? 1
        : key === "[" || (isHere && key === "ArrowLeft")
          ? -1
          : 0;
    const at = tabs.findIndex(({ id }) => id === open) + step;
    if (!step || !tabs[at]) return false;
    choose(tabs[at].id);
    if (isHere) list.current?.querySelectorAll<HTMLElement>("[role=tab]")[at]?.focus();
    return true;
  });
  return (
    <div ref={list} class="tabs" role="tablist" aria-label={label}>
      {tabs.map(({ id, text, count }) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === open}
          tabIndex={id === open ? 0 : -1}
          onClick={() => choose(id)}
        >
          {text}
          {count ? <small> {count}</small> : null}
        </button>
      ))}
    </div>
  );
}
