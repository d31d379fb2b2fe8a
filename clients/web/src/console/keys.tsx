// The console's keys: what is pressed outside of fields and forms, bound where it is shown, and told in one list.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useSpeech, type Word } from "./speech.tsx";

/** Whether a key is meant for a field or a form, or with a modifier for the browser. */
function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const at = event.target as HTMLElement;
  return at.closest("input, textarea, select") !== null || document.querySelector("dialog[open]") !== null;
}

/** The letter of a key, also where a Korean keyboard is switched to Hangul. */
function keyOf({ key, code }: KeyboardEvent): string {
  return key.length > 1 || /^[ -~]$/.test(key) || !/^Key[A-Z]$/.test(code)
    ? key
    : code.slice(3).toLowerCase();
}

/** `pressed` is told of every key that is meant for the console, and says whether it did something. */
export function useKeys(pressed: (key: string, at: HTMLElement) => boolean): void {
  // Before the next key: what is pressed is meant for what is seen.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event)) return;
      if (pressed(keyOf(event), event.target as HTMLElement)) event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}

const KEYS: [keys: string[], what: Word][] = [
  [["1", "…", "-"], "keys_views"],
  [["[", "]"], "keys_tabs"],
  [["j", "k"], "keys_rows"],
  [["a", "…", "z"], "keys_acts"],
  [["/"], "keys_search"],
  [["Ctrl", "Enter"], "keys_send"],
  [["Esc"], "keys_close"],
  [["↑↓←→", "Enter"], "keys_map"],
];

/** All keys in one list. */
export function Keys({ close }: { close(): void }) {
  const { t } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys-title">
      <h2 id="keys-title">{t("keys")}</h2>
      <dl class="key_list">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>{keys.map((key) => (key === "…" ? " … " : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">{t("close")}</button>
      </form>
    </dialog>
  );
}
