// The run sheet: what is planned and what really was, begun line by line; edited whole by who leads.
import type { Words } from "madang";
import { useRef, useState } from "preact/hooks";
import { SendButton } from "../../send_button.tsx";
import { reason, useActing } from "../acts.tsx";
import { useClock } from "../answers.ts";
import type { City } from "../city.ts";
import { useKeys } from "../keys.tsx";
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
  const [isWhole, showWhole] = useState(false);
  const now = useClock(city);
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
  useKeys((key) => {
    if (key !== "." || !mayBegin || !next) return false;
    begin(next.cue);
    return true;
  });
  return (
    <section class="run_sheet">
      <h2>
        {t("run_sheet")}{" "}
        <span class="acts">
          <button type="button" aria-expanded={isWhole} onClick={() => showWhole(!isWhole)}>
            {t(isWhole ? "now_and_next" : "whole_sheet", { n: lines.length })}
          </button>
          {mayEdit && (
            <button type="button" onClick={() => edit(true)}>
              {t("edit")}
            </button>
          )}
        </span>
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
              <span>
                {t("begin_next")}: {own(next.text)}
              </span>{" "}
              <kbd>.</kbd>
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
            hidden={!isWhole && line !== on && line !== next}
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

/** The lines as they stand in the form's fields; a time that nobody touched keeps its seconds. */
function written(drafts: Draft[], form: HTMLFormElement): Draft[] {
  const told = new FormData(form);
  return drafts.map((draft) => {
    const of = (field: string) => `${told.get(`${draft.key}.${field}`) ?? ""}`;
    const both = (field: "text" | "who") => ({ ko: of(`${field}.ko`), en: of(`${field}.en`) });
    return {
      ...draft,
      at: of("at") === toLocal(draft.at) || !of("at") ? draft.at : fromLocal(of("at")),
      lasts_s: Math.round(Number(of("minutes")) * 60),
      text: both("text"),
      who: both("who"),
      is_public: told.has(`${draft.key}.is_public`),
    };
  });
}

// Its fields are the browser's own: what is shown anew every second takes nothing of what is being written.
function Editor({ city, session, lines, version, close }: Shown & { close(): void }) {
  const speech = useSpeech();
  const { t } = speech;
  const { say } = useActing();
  const form = useRef<HTMLFormElement>(null);
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
  const [isBusy, setBusy] = useState(false);
  const save = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    try {
      const cues = written(drafts, form.current!).map(({ key: _, ...cue }) => cue);
      await city.ask("live_qa.edit_run_sheet", { session, version: seen, cues });
      say(t("act_done", { act: t("edit") }));
      close();
    } catch (error) {
      setWrong(reason(error, speech));
      setBusy(false);
    }
  };
  const add = () => {
    const last = written(drafts, form.current!).at(-1);
    const at = last ? last.at + last.lasts_s * 1000 : city.client.serverTime;
    const nothing = { ko: "", en: "" };
    const key = Math.max(-1, ...drafts.map((draft) => draft.key)) + 1;
    setDrafts([...drafts, { key, at, lasts_s: 300, text: nothing, who: nothing, is_public: true }]);
  };
  return (
    <dialog
      class="wide"
      ref={(at) => {
        if (at && !at.open) at.showModal();
      }}
      onClose={close}
      aria-labelledby="sheet-title"
    >
      <form ref={form} onSubmit={(event) => void save(event)}>
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
                    name={`${draft.key}.at`}
                    aria-label={`${t("planned")} ${n + 1}`}
                    defaultValue={toLocal(draft.at)}
                  />
                </td>
                <td>
                  <input
                    type="number"
                    min={0}
                    max={1440}
                    step="any"
                    required
                    name={`${draft.key}.minutes`}
                    aria-label={`${t("minutes_long")} ${n + 1}`}
                    defaultValue={`${draft.lasts_s / 60}`}
                  />
                </td>
                {(["text", "who"] as const).map((field) => (
                  <td key={field}>
                    {(["ko", "en"] as const).map((language) => (
                      <input
                        key={language}
                        name={`${draft.key}.${field}.${language}`}
                        lang={language}
                        required
                        maxLength={field === "text" ? 80 : 40}
                        placeholder={t(language === "ko" ? "in_korean" : "in_english")}
                        aria-label={`${t(field === "text" ? "what" : "by")} ${n + 1}, ${t(language === "ko" ? "in_korean" : "in_english")}`}
                        defaultValue={draft[field][language]}
                      />
                    ))}
                  </td>
                ))}
                <td>
                  <input
                    type="checkbox"
                    name={`${draft.key}.is_public`}
                    aria-label={`${t("is_public")} ${n + 1}`}
                    defaultChecked={draft.is_public !== false}
                  />
                </td>
                <td>
                  <button
                    type="button"
                    aria-label={`${t("remove")} ${n + 1}`}
                    disabled={drafts.length === 1}
                    onClick={() => setDrafts(drafts.filter(({ key }) => key !== draft.key))}
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
          <SendButton kind="good" waits={isBusy}>
            {t("save")}
          </SendButton>
        </footer>
      </form>
    </dialog>
  );
}
