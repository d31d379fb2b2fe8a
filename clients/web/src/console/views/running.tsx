// How a question time is run: phase and mode, what is answered now, the floor and who waits for it, the run sheet.
import type { Heard, Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { type Act, command, useActing } from "../acts.tsx";
import { type Answered, useAnswer, useClock } from "../answers.ts";
import { useDepartments } from "../departments.ts";
import type { View } from "../desk.tsx";
import { useKeys } from "../keys.tsx";
import { useSpeech } from "../speech.tsx";
import { Polls } from "./polls.tsx";
import { RunSheet } from "./run_sheet.tsx";

const IS_OVER = new Set(["follow_up", "archived"]);
const PHASES = ["scheduled", "collecting", "doors", "live", "closing", "follow_up", "archived"] as const;
/** For how long what the one who answers wishes is shown. */
const WISH_MS = 60_000;
const MODES = ["opening", "answering", "floor", "poll", "break"] as const;

export const HOST_CHANGES = [
  "live_qa.session_changed",
  "live_qa.hand_changed",
  "live_qa.floor_changed",
  "live_qa.jointly_asked",
  "live_qa.desk_changed",
  "live_qa.signalled",
  "live_qa.run_sheet_changed",
] satisfies (keyof Heard)[];

interface Run {
  city: View["city"];
  session: Words.QuestionTime;
  /** The host's view. */
  seen: Answered<Words.Seen>;
}

export function Running({ city, session, seen }: Run) {
  const { t, own, span, time } = useSpeech();
  const { act } = useActing();
  const now = useClock(city);
  const id = session.session;
  const { answer, refusal, again } = seen;
  const crew = useAnswer(city, "live_qa.look", { session: id, view: "crew" }, ["live_qa.run_sheet_changed"]);
  const [wish, setWish] = useState<Heard["live_qa.signalled"]>();
  useEffect(() => city.on("live_qa.signalled", (told) => told.session === id && setWish(told)), [city, id]);
  const screen = useAnswer(city, "live_qa.look", { session: id, view: "screen" }, [
    "live_qa.question_changed",
    "live_qa.session_changed",
  ]);
  const departments = useDepartments(city);
  const host = answer?.host;
  const first = host?.hands.find(({ is_away }) => !is_away);
  useKeys((key) => {
    const steer = (action: "extend" | "end", label: "extend_turn" | "end_turn") =>
      act({
        key,
        label,
        does: () => city.ask("live_qa.steer_floor", { session: id, action }).finally(again),
      });
    if (key === "g" && first && !host?.floor)
      act({ key, label: "give_floor", does: () => give(first.citizen).finally(again) });
    else if (key === "t" && host?.floor) steer("extend", "extend_turn");
    else if (key === "y" && host?.floor) steer("end", "end_turn");
    else return false;
    return true;
  });
  const give = (citizen: string) => city.ask("live_qa.steer_floor", { session: id, action: "give", citizen });
  if (refusal === "not_allowed" && crew.answer?.crew) {
    const { run_sheet, sheet_version } = crew.answer.crew;
    return (
      <aside class="running" aria-label={t("running")}>
        <RunSheet city={city} session={id} lines={run_sheet} version={sheet_version ?? 0} />
      </aside>
    );
  }
  if (refusal) return <aside class="empty">{t(`code_${refusal}`)}</aside>;
  if (!host) return <aside class="empty">{t("loading")}</aside>;
  const told = host.session;
  const do_ = (label: Act["label"], does: Act["does"], more: Partial<Act> = {}) => (
    <button
      type="button"
      class={more.kind}
      onClick={() => act({ key: "", label, ...more, does: (values) => does(values).finally(again) })}
    >
      {t(label)} {more.key && <kbd>{more.key}</kbd>}
    </button>
  );
  const prompt = screen.answer?.screen?.now;
  return (
    <aside class="running" aria-label={t("running")}>
      {host.alarms.map((alarm) => (
        <p key={alarm.en} class="alarm" role="alert">
          {own(alarm)}
        </p>
      ))}
      {wish && now - wish.at < WISH_MS && (
        <p class="alarm wish" role="alert">
          {t(`wish_${wish.wish}`)}{" "}
          {own(departments.find(({ id: each }) => each === wish.department)?.name) || wish.department}
        </p>
      )}
      {host.joint && (
        <p class="alarm" role="alert">
          {t(`joint_${host.joint.action}`)} · {span(host.joint.until - now)}{" "}
          {do_("agree", () =>
            city.ask("live_qa.act_jointly", { session: id, action: host.joint!.action, reason: "" }),
          )}
        </p>
      )}
      <section>
        <h2>{t("on_stage")}</h2>
        {prompt ? (
          <>
            {prompt.answers_until && <Left until={prompt.answers_until} now={now} isLarge />}
            <p class="quote">
              #{prompt.question} <bdi>{prompt.text}</bdi>
            </p>
          </>
        ) : (
          <p class="empty calm">{t("nothing_now")}</p>
        )}
        {host.floor && (
          <>
            <Left until={host.floor.ends_at} now={now} isLarge />
            <p>
              <strong>
                <bdi>{host.floor.name}</bdi>
              </strong>{" "}
              · {t(`turn_${host.floor.step}`)}
            </p>
            <p class="acts">
              {do_("extend_turn", () => city.ask("live_qa.steer_floor", { session: id, action: "extend" }), {
                key: "t",
              })}
              {do_("end_turn", () => city.ask("live_qa.steer_floor", { session: id, action: "end" }), {
                key: "y",
              })}
            </p>
          </>
        )}
      </section>
      <RunSheet
        city={city}
        session={id}
        lines={host.run_sheet}
        version={host.sheet_version ?? 0}
        mayBegin={!IS_OVER.has(told.phase)}
        mayEdit={city.is("host") && !IS_OVER.has(told.phase)}
      />
      <Polls city={city} session={told} />
      <section>
        <h2>
          {t("hands")} <small>{host.hands.length}</small>
        </h2>
        <ol class="hands">
          {host.hands.map((hand) => (
            <li key={hand.citizen}>
              <strong>
                <bdi>{hand.name}</bdi>
              </strong>{" "}
              <small>
                {t("spoken", { n: hand.times })} · {t(`lane_${hand.lane}`)}
                {hand.is_away && ` · ${t("away")}`}
              </small>
              {do_("give_floor", () => give(hand.citizen), {
                kind: "good",
                key: hand === first && !host.floor ? "g" : "",
              })}
              {do_("skip_hand", () =>
                city.ask("live_qa.steer_floor", { session: id, action: "skip", citizen: hand.citizen }),
              )}
              {do_("lower", () => city.ask("live_qa.lower_hand", { session: id, citizen: hand.citizen }))}
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h2>{t("phase")}</h2>
        <p class="steps">
          {PHASES.map((phase) => (
            <button
              key={phase}
              type="button"
              aria-pressed={phase === told.phase}
              disabled={PHASES.indexOf(phase) < PHASES.indexOf(told.phase)}
              onClick={() =>
                phase !== told.phase &&
                act({
                  key: "",
                  label: `phase_${phase}`,
                  asks: "phase_asks",
                  does: () => city.ask("live_qa.advance", { session: id, phase }).finally(again),
                })
              }
            >
              {t(`phase_${phase}`)}
            </button>
          ))}
        </p>
        {told.phase === "live" && (
          <p class="steps">
            {MODES.map((mode) => (
              <button
                key={mode}
                type="button"
                aria-pressed={mode === told.mode}
                onClick={() =>
                  act({
                    key: "",
                    label: "advance",
                    does: () =>
                      city.ask("live_qa.advance", { session: id, phase: "live", mode }).finally(again),
                  })
                }
              >
                {t(`mode_${mode}`)}
              </button>
            ))}
          </p>
        )}
        <p class="big">
          {time(told.starts_at)} – {time(told.ends_at)} <Left until={told.ends_at} now={now} />
        </p>
        <p>
          {t("open_n", { n: host.open ?? 0 })} · {t("pending_n", { n: host.pending ?? 0 })} ·{" "}
          {t("held_n", { n: host.held ?? 0 })}
          {host.oldest_pending_s ? ` · ${t("oldest", { span: span(host.oldest_pending_s * 1000) })}` : ""}
        </p>
        <p class="acts small">
          {do_("refresh_order", command(city, "live_qa.refresh_order", { session: id }))}
          {do_(told.hands_open ? "close_hands" : "open_hands", () =>
            city.ask("live_qa.adjust", { session: id, options: { hands_open: !told.hands_open } }),
          )}
          {do_(told.is_screened ? "screening_off" : "screening_on", () =>
            city.ask("live_qa.adjust", { session: id, options: { is_screened: !told.is_screened } }),
          )}
          {do_(
            told.is_stopped ? "resume_venue" : "stop_venue",
            command(city, "live_qa.act_jointly", {
              session: id,
              action: told.is_stopped ? "resume" : "stop",
            }),
            { kind: "bad", fields: [{ name: "reason", label: "reason" }] },
          )}
          {do_("minute", command(city, "live_qa.minute", { session: id }), {
            fields: [
              { name: "kind", label: "kind", kind: "choice", choices: ["mark", "commitment", "correction"] },
              { name: "text", label: "text", kind: "text" },
            ],
          })}
        </p>
      </section>
    </aside>
  );
}

/** How much time is left, to the second, or how far it is over. */
export function Left({ until, now, isLarge }: { until: number; now: number; isLarge?: boolean }) {
  const { t, timer } = useSpeech();
  const isOver = now > until;
  return (
    <strong class={["timer", isOver && "late", isLarge && "largest"].filter(Boolean).join(" ")}>
      {t(isOver ? "over_by" : "left", { span: timer(until - now) })}
    </strong>
  );
}
