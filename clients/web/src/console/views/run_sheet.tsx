// The run sheet: what is planned and what really was, begun line by line; edited whole by who leads.
import type { Words } from "madang";
import { useState } from "preact/hooks";
import { reason, useActing } from "../acts.tsx";
import { useClock } from "../answers.ts";
import type { City } from "../city.ts";
import { fromLocal, toLocal, useSpeech } from "../speech.tsx";

/** So much later than planned, what is on is marked as late. */
const LATE_MS = 60_000;

interface Shown {
  city: City;
  session: string;
  lines: Words.RunSheetLine[];
  version: number;
  /** Who runs the floor begins lines; who leads plans them. */
  mayBegin?: boolean;
  mayEdit?: boolean;
}

export function RunSheet({ city, session, lines, version, mayBegin = false, mayEdit = false }: Shown) {
  const { t, own, time, span } = useSpeech();
  const { act } = useActing();
  const [isEdited, edit] = useState(false);
  const now = useClock();
  const on = lines.find((line) => line.began_at && !line.ended_at);
  const begun = lines.reduce((last, line, n) => (line.began_at ? n : last), -1);
  const next = lines[begun + 1];
  const overMs = on?.lasts_s ? now - on.began_at! - on.lasts_s * 1000 : 0;
  const begin = (cue: number | null | undefined) =>
    act({
      key: "",
      label: cue ? "begin_line" : "end_line",
      does: () => city.ask("live_qa.begin_cue", { session, cue }),
    });
  return (
    <section class="run_sheet">
      <h2>
        {t("run_sheet")}{" "}
        {mayEdit && (
          <button type="button" onClick={() => edit(true)}>
            {t("edit")}
          </button>
        )}
      </h2>
      {overMs >= LATE_MS && (
        <p class="alarm" role="alert">
          {t("line_overruns", { text: own(on!.text), span: span(overMs) })}
        </p>
      )}
      {mayBegin && (
        <p class="acts">
          {next && (
            <button type="button" class="good" onClick={() => begin(next.cue)}>
              {t("begin_next")}: {own(next.text)}
            </button>
          )}
          {on && (
            <button type="button" onClick={() => begin(null)}>
              {t("end_line")}
            </button>
          )}
        </p>
      )}
      <ol class="sheet">
        {lines.map((line) => (
          <li
            key={line.cue ?? line.at}
            class={line === on ? "on" : line.ended_at ? "past" : ""}
            aria-current={line === on ? "step" : undefined}
          >
            <time>{time(line.at)}</time>
            <span>
              {own(line.text)} <small>{own(line.who)}</small>
              {line.is_public === false && <small class="tag">{t("crew_only")}</small>}
              {line.began_at && (
                <small class={line.began_at - line.at > LATE_MS ? "late" : ""}>
                  {" "}
                  {time(line.began_at)}
                  {line.ended_at
                    ? `–${time(line.ended_at)}`
                    : ` · ${t(overMs > 0 ? "over_by" : "left", { span: span(overMs) })}`}
                  {Math.abs(line.began_at - line.at) > LATE_MS &&
                    ` · ${t(line.began_at > line.at ? "began_late" : "began_early", { span: span(line.began_at - line.at) })}`}
                </small>
              )}
            </span>
            {mayBegin && line !== on && line !== next && (
              <button
                type="button"
                class="quiet"
                aria-label={`${t("begin_line")}: ${own(line.text)}`}
                onClick={() => begin(line.cue)}
              >
                ▶
              </button>
            )}
          </li>
        ))}
      </ol>
      {isEdited && (
        <Editor city={city} session={session} lines={lines} version={version} close={() => edit(false)} />
      )}
    </section>
  );
}

type Draft = Words.CuePlan & { key: number };

function Editor({ city, session, lines, version, close }: Shown & { close(): void }) {
  const speech = useSpeech();
  const { t } = speech;
  const { say } = useActing();
  // As it was when the editor was opened: what others change meanwhile is told when one saves.
  const [seen] = useState(version);
  const [drafts, setDrafts] = useState<Draft[]>(() =>
    lines.map((line, key) => ({
      key,
      cue: line.cue,
      at: line.at,
      lasts_s: line.lasts_s ?? 0,
      text: line.text,
      who: line.who,
      is_public: line.is_public !== false,
    })),
  );
  const [wrong, setWrong] = useState<string>();
  const change = (key: number, how: Partial<Draft>) =>
    setDrafts((before) => before.map((draft) => (draft.key === key ? { ...draft, ...how } : draft)));
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      const cues = drafts.map(({ key: _, ...cue }) => cue);
      await city.ask("live_qa.edit_run_sheet", { session, version: seen, cues });
      say(t("act_done", { act: t("edit") }));
      close();
    } catch (error) {
      setWrong(reason(error, speech));
    }
  };
  const add = () =>
    setDrafts((before) => {
      const last = before.at(-1);
      const at = last ? last.at + last.lasts_s * 1000 : city.client.serverTime;
      const nothing = { ko: "", en: "" };
      const key = Math.max(-1, ...before.map((draft) => draft.key)) + 1;
      return [...before, { key, at, lasts_s: 300, text: nothing, who: nothing, is_public: true }];
    });
  return (
    <dialog
      class="wide"
      ref={(at) => {
        if (at && !at.open) at.showModal();
      }}
      onClose={close}
      aria-labelledby="sheet-title"
    >
      <form onSubmit={(event) => void save(event)}>
        <h2 id="sheet-title">{t("run_sheet")}</h2>
        {wrong && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        <table class="editor">
          <thead>
            <tr>
              {(["planned", "minutes_long", "what", "by", "is_public"] as const).map((word) => (
                <th key={word} scope="col">
                  {t(word)}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {drafts.map((draft, n) => (
              <tr key={draft.key}>
                <td>
                  <input
                    type="datetime-local"
                    required
                    aria-label={`${t("planned")} ${n + 1}`}
                    value={toLocal(draft.at)}
                    onChange={(event) =>
                      event.currentTarget.value &&
                      change(draft.key, { at: fromLocal(event.currentTarget.value) })
                    }
                  />
                </td>
                <td>
                  <input
                    type="number"
                    min={0}
                    max={1440}
                    step="any"
                    required
                    aria-label={`${t("minutes_long")} ${n + 1}`}
                    value={draft.lasts_s / 60}
                    onChange={(event) =>
                      change(draft.key, { lasts_s: Math.round(Number(event.currentTarget.value) * 60) })
                    }
                  />
                </td>
                {(["text", "who"] as const).map((field) => (
                  <td key={field}>
                    {(["ko", "en"] as const).map((language) => (
                      <input
                        key={language}
                        lang={language}
                        required
                        maxLength={field === "text" ? 80 : 40}
                        placeholder={t(language === "ko" ? "in_korean" : "in_english")}
                        aria-label={`${t(field === "text" ? "what" : "by")} ${n + 1}, ${t(language === "ko" ? "in_korean" : "in_english")}`}
                        value={draft[field][language]}
                        onInput={(event) =>
                          change(draft.key, {
                            [field]: { ...draft[field], [language]: event.currentTarget.value },
                          })
                        }
                      />
                    ))}
                  </td>
                ))}
                <td>
                  <input
                    type="checkbox"
                    aria-label={`${t("is_public")} ${n + 1}`}
                    checked={draft.is_public !== false}
                    onChange={(event) => change(draft.key, { is_public: event.currentTarget.checked })}
                  />
                </td>
                <td>
                  <button
                    type="button"
                    aria-label={`${t("remove")} ${n + 1}`}
                    disabled={drafts.length === 1}
                    onClick={() => setDrafts((before) => before.filter(({ key }) => key !== draft.key))}
                  >
                    ✕
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <footer>
          <button type="button" class="first" onClick={add}>
            {t("add_line")}
          </button>
          <button type="button" onClick={close}>
            {t("cancel")}
          </button>
          <button type="submit" class="good">
            {t("save")}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
