// A list to work through by keyboard: j and k choose, an act's key does it; who works on what is seen at once.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Act, useActing } from "./acts.tsx";
import { useKeys } from "./keys.tsx";
import { useSpeech } from "./speech.tsx";

export interface Claimed {
  text: string;
  /** Whether it is oneself. */
  isMine: boolean;
}

export interface Row {
  id: string;
  title: string;
  /** Short facts under the title. */
  about: ComponentChildren;
  /** Who has it in hand now. */
  claimed?: Claimed | null | undefined;
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
  /** Shows more of them, where these are not all; and how many there are, where that is known. */
  more?: (() => void) | undefined;
  of?: number | undefined;
  acts(row: R): Act[];
  detail(row: R): ComponentChildren;
}

export function Rows<R extends Row>({ label, rows, refusal, more, of, acts, detail }: Props<R>) {
  const { t } = useSpeech();
  const { act, say } = useActing();
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
    const { id, title } = chosen!;
    if (busy.current.has(id)) return;
    mine.current.add(id);
    act({
      about: title,
      ...one,
      does: (values) => {
        busy.current.add(id);
        return one.does(values).finally(() => busy.current.delete(id));
      },
    });
  };

  useKeys((key, target) => {
    if (!rows?.length) return false;
    const at = rows.findIndex((row) => row.id === chosen?.id);
    const isHere = list.current?.contains(target) ?? false;
    const step =
      key === "j" || (isHere && key === "ArrowDown")
        ? 1
        : key === "k" || (isHere && key === "ArrowUp")
          ? -1
          : 0;
    if (step) {
      if (at + step === rows.length) more?.();
      const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)]!;
      choose(next.id);
      // Who listens hears which it is.
      list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"] button`)?.focus();
      return true;
    }
    const pressed = offered.find((one) => one.key === key);
    if (!pressed) return false;
    if (Date.now() - seat.current.movedAt < MOVED_MS) say(t("row_gone"), true);
    else perform(pressed);
    return true;
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
              <strong>
                <bdi>{row.title}</bdi>
              </strong>
              <span class="about">{row.about}</span>
              {row.claimed && (
                <span class={`claim ${row.claimed.isMine ? "mine" : ""}`}>{row.claimed.text}</span>
              )}
            </button>
          </li>
        ))}
        {more && (
          <li class="more">
            <button type="button" onClick={more}>
              {of === undefined ? t("more") : t("more_of", { n: rows.length, of })}
            </button>
          </li>
        )}
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
 * The row that is chosen, and stays so while others come before it. Where it is gone the next is that nobody else has in
 * hand, as two who work at one list do not want the same; when that happened is noted, unless this person did it.
 */
function seated<R extends Row>(rows: R[] | undefined, seat: Seat, mine: ReadonlySet<string>): R | undefined {
  if (!rows) return undefined;
  const found = rows.findIndex((row) => row.id === seat.id);
  if (found < 0 && seat.id !== undefined && !mine.has(seat.id)) seat.movedAt = Date.now();
  if (found >= 0) seat.at = found;
  else {
    const place = Math.max(Math.min(seat.at, rows.length - 1), 0);
    const free = rows.findIndex(({ claimed }, n) => n >= place && (!claimed || claimed.isMine));
    seat.at = free >= 0 ? free : place;
  }
  seat.id = rows[seat.at]?.id;
  return rows[seat.at];
}
