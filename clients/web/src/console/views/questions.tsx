// Question time: the inbox and the queue to work through, and beside them how the session is run.
import type { Words } from "madang";
import { useState } from "preact/hooks";
import { type Act, command } from "../acts.tsx";
import { useAnswer, useClock } from "../answers.ts";
import type { View } from "../desk.tsx";
import { type Row, Rows } from "../rows.tsx";
import { useSpeech } from "../speech.tsx";
import { Running } from "./running.tsx";
import { claimedBy } from "./sanctions.tsx";

const DISMISSALS = ["off_topic", "personal_data", "insult", "duplicate", "unlawful", "unclear"];
const HOLDS = ["second_opinion", "personal_data", "legal"];
const TABS = ["pending", "held", "open", "dismissed", "merged"] as const;

export function Questions({ city, which, go }: View) {
  const { t, own, day } = useSpeech();
  const { answer, refusal } = useAnswer(city, "live_qa.sessions", {}, ["live_qa.session_changed"]);
  if (refusal) return <p class="empty">{t(`code_${refusal}`)}</p>;
  if (!answer) return <p class="empty">{t("loading")}</p>;
  const { sessions } = answer;
  const session =
    sessions.find((one) => one.session === which) ??
    sessions.find(({ phase }) => phase === "live") ??
    sessions.find(({ phase }) => phase !== "archived") ??
    sessions[0];
  if (!session) return <p class="empty calm">{t("no_sessions")}</p>;
  return (
    <>
      <h1>{own(session.title)}</h1>
      <p class="tabs">
        <select
          aria-label={t("question_time")}
          value={session.session}
          onChange={(event) => go("questions", event.currentTarget.value)}
        >
          {sessions.map((one) => (
            <option key={one.session} value={one.session}>
              {own(one.title)} · {day(one.starts_at)} · {t(`phase_${one.phase}`)}
            </option>
          ))}
        </select>
        <a href={`/stage#${session.session}`} target="_blank" rel="noopener">
          {t("stage_screen")} ↗
        </a>
        <a href={`/stage#${session.session}/presenter`} target="_blank" rel="noopener">
          {t("presenter_screen")} ↗
        </a>
      </p>
      <div class="two">
        <Desk key={session.session} city={city} session={session} />
        <Running key={`${session.session} run`} city={city} session={session} />
      </div>
    </>
  );
}

function Desk({ city, session }: { city: View["city"]; session: Words.QuestionTime }) {
  const { t, own, span } = useSpeech();
  const now = useClock();
  const [tab, setTab] = useState<(typeof TABS)[number]>("pending");
  const fields = { session: session.session, which: tab };
  const { answer, refusal } = useAnswer(city, "live_qa.desk", fields, ["live_qa.desk_changed"]);
  const rows = answer?.questions.map((question): Row & { question: Words.DeskQuestion } => ({
    id: `${question.question}`,
    title: question.text,
    about: `#${question.question} · ${own(question.by)} · ${span(now - question.asked_at)}${question.backers ? ` · +${question.backers}` : ""}${question.similar.length ? ` · ${t("similar", { n: question.similar.length })}` : ""}`,
    claimed: claimedBy(city, t, question.claimed_by, question.claimed_until, now),
    isUrgent: tab === "pending" && now - question.asked_at > 120_000,
    question,
  }));
  return (
    <section>
      <div class="tabs" role="tablist">
        {TABS.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            aria-selected={each === tab}
            onClick={() => setTab(each)}
          >
            {t(`tab_${each}`)}
          </button>
        ))}
      </div>
      <Rows
        label={t(`tab_${tab}`)}
        rows={rows}
        refusal={refusal}
        acts={({ question }) => actsOn(city, session.session, question)}
        detail={({ question }) => (
          <>
            <h2 class="quote">
              <bdi>{question.text}</bdi>
            </h2>
            {question.original && <p class="note">{question.original}</p>}
            <dl>
              <dt>{t("by")}</dt>
              <dd>
                {own(question.by)} · {t("level", { n: question.level })}{" "}
                {question.is_author_muted && t("muted")}
              </dd>
              <dt>{t("state")}</dt>
              <dd>{t(`question_${question.state}`)}</dd>
              {question.marks.length > 0 && (
                <>
                  <dt>{t("marks")}</dt>
                  <dd>{question.marks.join(", ")}</dd>
                </>
              )}
              {question.labels.length > 0 && (
                <>
                  <dt>{t("labels")}</dt>
                  <dd>{question.labels.map(({ label }) => label).join(", ")}</dd>
                </>
              )}
            </dl>
            {question.similar.length > 0 && (
              <section>
                <h3>{t("maybe_same")}</h3>
                <ol class="lines">
                  {question.similar.map((other) => (
                    <li key={other.question}>
                      #{other.question} <bdi>{other.text}</bdi>{" "}
                      <small>{Math.round(other.score * 100)} %</small>
                    </li>
                  ))}
                </ol>
              </section>
            )}
          </>
        )}
      />
    </section>
  );
}

function actsOn(city: View["city"], session: string, question: Words.DeskQuestion): Act[] {
  const about = { session, question: question.question, version: question.version };
  const mine = question.claimed_by === city.client.citizen.id;
  const all: Record<string, Act> = {
    claim: {
      key: "c",
      label: mine ? "release" : "claim",
      does: command(city, "live_qa.claim", { ...about, on: !mine }),
    },
    approve: { key: "a", label: "approve", kind: "good", does: command(city, "live_qa.approve", about) },
    edit: {
      key: "e",
      label: "edit_approve",
      fields: [{ name: "text", label: "text", kind: "text", value: question.text }],
      does: command(city, "live_qa.approve", about),
    },
    dismiss: {
      key: "d",
      label: "dismiss",
      kind: "bad",
      fields: [{ name: "reason", label: "reason", kind: "choice", choices: DISMISSALS }],
      does: command(city, "live_qa.dismiss", about),
    },
    hold: {
      key: "h",
      label: "hold",
      fields: [{ name: "reason", label: "reason", kind: "choice", choices: HOLDS }],
      does: command(city, "live_qa.hold", about),
    },
    merge: {
      key: "m",
      label: "merge",
      fields: [{ name: "into", label: "merge_into", kind: "number", value: question.similar[0]?.question }],
      does: command(city, "live_qa.merge", about),
    },
    label: {
      key: "l",
      label: "label",
      fields: [
        { name: "label", label: "label" },
        { name: "is_public", label: "is_public", kind: "tick" },
      ],
      does: command(city, "live_qa.label", about),
    },
    now: {
      key: "o",
      label: "pin_now",
      kind: "good",
      does: command(city, "live_qa.pin", { ...about, to: "now" }),
    },
    next: { key: "x", label: "pin_next", does: command(city, "live_qa.pin", { ...about, to: "next" }) },
    back: { key: "b", label: "pin_back", does: command(city, "live_qa.pin", { ...about, to: "open" }) },
    answered: {
      key: "v",
      label: "answered",
      kind: "good",
      fields: [{ name: "text", label: "text", kind: "text", is_optional: true }],
      does: command(city, "live_qa.answer", about),
    },
    defer: {
      key: "f",
      label: "defer",
      fields: [{ name: "department", label: "department" }],
      does: command(city, "live_qa.defer", about),
    },
    restore: { key: "u", label: "restore", kind: "good", does: command(city, "live_qa.restore", about) },
    split: { key: "s", label: "split", does: command(city, "live_qa.split", about) },
    reopen: { key: "r", label: "reopen", does: command(city, "live_qa.reopen", about) },
    mute: {
      key: "q",
      label: "mute_author",
      fields: [{ name: "reason", label: "reason" }],
      does: (values) =>
        city.ask("live_qa.mute", {
          session,
          citizen: question.author,
          reason: `${values["reason"]}`,
          on: !question.is_author_muted,
        }),
    },
  };
  const offered: Partial<Record<typeof question.state, (keyof typeof all)[]>> = {
    pending: ["claim", "approve", "edit", "dismiss", "hold", "merge", "label", "mute"],
    held: ["claim", "approve", "edit", "dismiss", "merge", "label", "mute"],
    open: ["now", "next", "merge", "defer", "label", "dismiss", "mute"],
    next: ["now", "back", "defer", "label"],
    now: ["answered", "defer", "back", "label"],
    dismissed: ["restore"],
    merged: ["split"],
    answered: ["reopen"],
  };
  return (offered[question.state] ?? []).map((name) => all[name]!);
}
