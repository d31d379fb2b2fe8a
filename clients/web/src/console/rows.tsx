// A list to work through by keyboard: j and k choose, an act's key does it; who works on what is seen at once.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Act, useActing } from "./acts.tsx";
import { useSpeech } from "./speech.tsx";

export interface Row {
  id: string;
  title: string;
  /** Short facts under the title. */
  about: ComponentChildren;
  /** Who has it in hand now. */
  claimed?: string | null | undefined;
  isUrgent?: boolean;
}

/** So long after the chosen row went by another's hand, no key acts: it was meant for the one that is gone. */
const MOVED_MS = 800;

/** Which row is chosen, in which place of the list, and when the one before it went by itself. */
interface Seat {
  id: string | undefined;
  at: number;
  movedAt: number;
}

interface Props<R extends Row> {
  label: string;
  rows: R[] | undefined;
  refusal?: string | undefined;
  acts(row: R): Act[];
  detail(row: R): ComponentChildren;
}

export function Rows<R extends Row>({ label, rows, refusal, acts, detail }: Props<R>) {
  const { t } = useSpeech();
  const { act, say, isAsking } = useActing();
  const [, show] = useState(0);
  const seat = useRef<Seat>({ id: undefined, at: 0, movedAt: 0 });
  /** Rows on which this person did something, and those on which it is being done now. */
  const mine = useRef(new Set<string>());
  const busy = useRef(new Set<string>());
  const list = useRef<HTMLUListElement>(null);

  const chosen = seated(rows, seat.current, mine.current);
  const offered = chosen ? acts(chosen) : [];
  const choose = (id: string) => {
    seat.current = { ...seat.current, id, movedAt: 0 };
    show((n) => n + 1);
  };
  const perform = (one: Act) => {
    const { id } = chosen!;
    if (busy.current.has(id)) return;
    mine.current.add(id);
    act({
      ...one,
      does: (values) => {
        busy.current.add(id);
        return one.does(values).finally(() => busy.current.delete(id));
      },
    });
  };

  // Before the next key: what is pressed is meant for the row that is seen to be chosen.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isAsking || isTyping(event) || !rows?.length) return;
      const key = keyOf(event);
      const at = rows.findIndex((row) => row.id === chosen?.id);
      if (key === "j" || key === "k") {
        const next = rows[Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), rows.length - 1)]!;
        choose(next.id);
        list.current
          ?.querySelector(`[data-id="${CSS.escape(next.id)}"]`)
          ?.scrollIntoView({ block: "nearest" });
        event.preventDefault();
        return;
      }
      const pressed = offered.find((one) => one.key === key);
      if (!pressed) return;
      event.preventDefault();
      if (Date.now() - seat.current.movedAt < MOVED_MS) say(t("row_gone"), true);
      else perform(pressed);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  if (refusal) return <p class="empty">{t(`code_${refusal}`)}</p>;
  if (!rows) return <p class="empty">{t("loading")}</p>;
  if (!rows.length) return <p class="empty calm">{t("nothing_waits")}</p>;
  return (
    <div class="work">
      <ul ref={list} class="rows" aria-label={label}>
        {rows.map((row) => (
          <li key={row.id} data-id={row.id} class={row.isUrgent ? "urgent" : ""}>
            <button type="button" aria-current={row.id === chosen?.id} onClick={() => choose(row.id)}>
              <strong>{row.title}</strong>
              <span class="about">{row.about}</span>
              {row.claimed && <span class="claim">{row.claimed}</span>}
            </button>
          </li>
        ))}
      </ul>
      {chosen && (
        <section class="detail" aria-label={chosen.title}>
          {detail(chosen)}
          <div class="acts">
            {offered.map((one) => (
              <button
                key={`${one.key} ${one.label}`}
                type="button"
                class={one.kind}
                onClick={() => perform(one)}
              >
                {t(one.label)} <kbd>{one.key}</kbd>
              </button>
            ))}
          </div>
        </section>
      )}
    </div>
  );
}

/**
 * The row that is chosen, and stays so while others come before it. Where it is gone the one in its place is; when that
 * happened is noted, unless this person did it.
 */
function seated<R extends Row>(rows: R[] | undefined, seat: Seat, mine: ReadonlySet<string>): R | undefined {
  if (!rows) return undefined;
  const found = rows.findIndex((row) => row.id === seat.id);
  if (found < 0 && seat.id !== undefined && !mine.has(seat.id)) seat.movedAt = Date.now();
  seat.at = found >= 0 ? found : rows.length ? Math.min(seat.at, rows.length - 1) : 0;
  seat.id = rows[seat.at]?.id;
  return rows[seat.at];
}

/** Whether a key is meant for a field or a form, or with a modifier for the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const at = event.target as HTMLElement;
  return at.closest("input, textarea, select") !== null || document.querySelector("dialog[open]") !== null;
}

/** The letter of a key, also where a Korean keyboard is switched to Hangul. */
export function keyOf({ key, code }: KeyboardEvent): string {
  return /^[ -~]$/.test(key) || !/^Key[A-Z]$/.test(code) ? key : code.slice(3).toLowerCase();
}
