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

interface Props<R extends Row> {
  label: string;
  rows: R[] | undefined;
  refusal?: string | undefined;
  acts(row: R): Act[];
  detail(row: R): ComponentChildren;
}

export function Rows<R extends Row>({ label, rows, refusal, acts, detail }: Props<R>) {
  const { t } = useSpeech();
  const { act, isAsking } = useActing();
  const [chosenId, choose] = useState<string>();
  const chosen = rows?.find((row) => row.id === chosenId) ?? rows?.[0];
  const offered = chosen ? acts(chosen) : [];
  const list = useRef<HTMLUListElement>(null);

  // Before the next key: what is pressed is meant for the row that is seen to be chosen.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isAsking || isTyping(event) || !rows?.length) return;
      const at = rows.findIndex((row) => row.id === chosen?.id);
      if (event.key === "j" || event.key === "k") {
        const next = rows[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1)]!;
        choose(next.id);
        list.current
          ?.querySelector(`[data-id="${CSS.escape(next.id)}"]`)
          ?.scrollIntoView({ block: "nearest" });
        event.preventDefault();
        return;
      }
      const pressed = offered.find((one) => one.key === event.key);
      if (!pressed) return;
      event.preventDefault();
      act(pressed);
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
              <button key={`${one.key} ${one.label}`} type="button" class={one.kind} onClick={() => act(one)}>
                {t(one.label)} <kbd>{one.key}</kbd>
              </button>
            ))}
          </div>
        </section>
      )}
    </div>
  );
}

/** Whether a key is meant for a field, or with a modifier for the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const at = event.target as HTMLElement;
  return at.closest("input, textarea, select, dialog") !== null;
}
