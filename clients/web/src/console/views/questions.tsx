// Question time: the inbox and the queue to work through, and beside them how the session is run.
import type { Commands, Words } from "madang";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Act, command, useActing } from "../acts.tsx";
import { useAnswer, useClock, useList } from "../answers.ts";
import { useDepartments } from "../departments.ts";
import type { View } from "../desk.tsx";
import { useNames } from "../people.tsx";
import { useGround } from "../places.ts";
import { type Row, Rows } from "../rows.tsx";
import { useSpeech } from "../speech.tsx";
import { Tabs } from "../tabs.tsx";
import { Answering } from "./answering.tsx";
import { Captioning } from "./captioning.tsx";
import { OfficesOf } from "./offices.tsx";
import { HOST_CHANGES, Running } from "./running.tsx";
import { claimedBy } from "./sanctions.tsx";

const DISMISSALS = ["off_topic", "personal_data", "insult", "duplicate", "unlawful", "unclear"];
const HOLDS = ["second_opinion", "personal_data", "legal"];
const TABS = ["pending", "held", "open", "stage", "done", "dismissed", "merged"] as const;
type Tab = (typeof TABS)[number];

const STATES: Record<Tab, Words.DeskQuestion["state"][]> = {
  pending: ["pending"],
  held: ["held"],
  open: ["open"],
  stage: ["now", "next"],
  done: ["answered", "deferred", "answered_later", "unanswered"],
  dismissed: ["dismissed"],
  merged: ["merged"],
};

/** What an announced session is given where its host does not say otherwise. */
const HOUR_MS = 3_600_000;

type Choice = { value: string; text: string };

export function Questions({ city, which, go }: View) {
  const { t, own, day } = useSpeech();
  const { answer, refusal } = useAnswer(city, "live_qa.sessions", {}, ["live_qa.session_changed"]);
  /** What is open stays open when another session goes live. */
  const opened = useRef("");
  if (refusal) return <p class="empty">{t(`code_${refusal}`)}</p>;
  if (!answer) return <p class="empty">{t("loading")}</p>;
  const { sessions } = answer;
  const session =
    sessions.find((one) => one.session === (which || opened.current)) ??
    sessions.find(({ phase }) => phase === "live") ??
    sessions.find(({ phase }) => phase !== "archived") ??
    sessions[0];
  if (!session)
    return (
      <>
        <h1>{t("question_time")}</h1>
        <p class="empty calm">{t("no_sessions")}</p>
        <Schedule city={city} go={go} />
      </>
    );
  opened.current = session.session;
  const isCrew = city.is("moderator", "host") || city.holds("head_moderator", "floor_manager");
  const isAnswering = city.holds("mayor", "answerer", "clerk");
  const isCaptioning = city.holds("captioner", "interpreter");
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
        <Screen at={`/stage#${session.session}`} text={t("stage_screen")} />
        <Screen at={`/stage#${session.session}/presenter`} text={t("presenter_screen")} />
        {city.is("moderator", "host") && <Save city={city} session={session.session} />}
        <Schedule city={city} go={go} />
      </p>
      {isAnswering && <Answering key={`${session.session} answer`} city={city} session={session} />}
      {isCrew && <Crew key={session.session} city={city} session={session} />}
      {isCaptioning && <Captioning key={`${session.session} captions`} city={city} session={session} />}
      {city.is("host") && (
        <details class="card">
          <summary>{t("event_crew")}</summary>
          <OfficesOf
            key={`${session.session} offices`}
            city={city}
            scope={`${session.district}/${session.session}`}
          />
        </details>
      )}
      {!isCrew && !isAnswering && !isCaptioning && <p class="empty">{t("code_not_allowed")}</p>}
    </>
  );
}

/** A window beside this one; as this one opened it, it has this tab's token. */
function Screen({ at, text }: { at: string; text: string }) {
  return (
    <a
      href={at}
      target="_blank"
      rel="noopener"
      onClick={(event) => {
        event.preventDefault();
        window.open(at, "_blank");
      }}
    >
      {text} ↗
    </a>
  );
}

/** Every question with what came of it and by whom, as a spreadsheet. */
function Save({ city, session }: { city: View["city"]; session: string }) {
  const { t } = useSpeech();
  const { act } = useActing();
  const does = () => city.save(`/api/question-times/${session}/export.csv?internal=true`, `${session}.csv`);
  return (
    <button type="button" onClick={() => act({ key: "", label: "save_csv", does })}>
      {t("save_csv")}
    </button>
  );
}

/** Announces another question time, on one of the stages of a district. */
function Schedule({ city, go }: Pick<View, "city" | "go">) {
  const { t, own } = useSpeech();
  const { act } = useActing();
  const districts = city.client.welcome!.city.districts.filter(({ open }) => open);
  const [district, choose] = useState(districts[0]?.id);
  const ground = useGround(city.is("host") ? district : undefined);
  if (!city.is("host")) return null;
  const starts = Math.ceil(city.client.serverTime / HOUR_MS + 1) * HOUR_MS;
  return (
    <span class="acts">
      <select
        aria-label={t("where")}
        value={district}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {districts.map((one) => (
          <option key={one.id} value={one.id}>
            {own(one.name)}
          </option>
        ))}
      </select>
      <button
        type="button"
        disabled={!ground?.stages.length}
        onClick={() =>
          act({
            key: "",
            label: "new_session",
            kind: "good",
            fields: [
              { name: "title.ko", label: "title_ko" },
              { name: "title.en", label: "title_en" },
              {
                name: "stage",
                label: "stage",
                kind: "choice",
                choices: ground!.stages.map(({ id, name }) => ({ value: id, text: own(name) })),
              },
              { name: "starts_at", label: "starts", kind: "moment", value: starts },
              { name: "ends_at", label: "ends", kind: "moment", value: starts + HOUR_MS },
            ],
            does: async (values) => {
              const told = await city.ask("live_qa.schedule", {
                ...(values as { title: Words.Text; stage: string; starts_at: number; ends_at: number }),
                district: district!,
              });
              go("questions", told.session);
            },
          })
        }
      >
        {t("new_session")}
      </button>
    </span>
  );
}

/** The desk beside what is running: both see the host's view. */
function Crew({ city, session }: { city: View["city"]; session: Words.QuestionTime }) {
  const seen = useAnswer(city, "live_qa.look", { session: session.session, view: "host" }, HOST_CHANGES);
  return (
    <div class="two">
      <Desk city={city} session={session} host={seen.answer?.host} />
      <Running city={city} session={session} seen={seen} />
    </div>
  );
}

interface OfDesk {
  city: View["city"];
  session: Words.QuestionTime;
  host: Words.HostView | null | undefined;
}

function Desk({ city, session, host }: OfDesk) {
  const { t, own, span } = useSpeech();
  const now = useClock(city);
  const [tab, setTab] = useState<Tab>("pending");
  const waiting: Partial<Record<Tab, number | undefined>> = {
    pending: host?.pending,
    held: host?.held,
    open: host?.open,
  };
  const fields = { session: session.session, which: tab };
  const { pages, refusal, more } = useList(city, "live_qa.desk", fields, ["live_qa.desk_changed"]);
  const changed = useChanged(city, session.session);
  const questions = pages && shownIn(tab, pages, changed);
  const departments = useDepartments(city).map(({ id, name }): Choice => ({ value: id, text: own(name) }));
  const names = useNames(city, questions?.map(({ claimed_by }) => claimed_by) ?? []);
  const rows = questions?.map((question): Row & { question: Words.DeskQuestion } => ({
    id: `${question.question}`,
    title: question.text,
    about: `#${question.question} · ${own(question.by)} · ${t("ago", { span: span(now - question.asked_at) })}${question.backers ? ` · +${question.backers}` : ""}${question.similar.length ? ` · ${t("similar", { n: question.similar.length })}` : ""}`,
    claimed: claimedBy(city, t, question.claimed_by, question.claimed_until, now, names),
    isUrgent: tab === "pending" && now - question.asked_at > 120_000,
    question,
  }));
  return (
    <section>
      <Tabs
        label={t("questions")}
        tabs={TABS.map((id) => ({ id, text: t(`tab_${id}`), count: waiting[id] }))}
        open={tab}
        choose={(id) => setTab(id as Tab)}
      />
      <Rows
        key={tab}
        label={t(`tab_${tab}`)}
        rows={rows}
        refusal={refusal}
        more={more}
        of={waiting[tab]}
        acts={({ question }) => actsOn(city, session.session, question, departments)}
        detail={({ question }) => (
          <>
            <h2 class="quote">
              <bdi>{question.text}</bdi>
            </h2>
            {question.original && (
              <p class="note">
                <bdi>{question.original}</bdi>
              </p>
            )}
            <dl>
              <dt>{t("asker")}</dt>
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
              {(question.hold_reason || question.dismissal) && (
                <>
                  <dt>{t("reason")}</dt>
                  <dd>{t((question.hold_reason || question.dismissal)!)}</dd>
                </>
              )}
              {question.merged_into && (
                <>
                  <dt>{t("joined_with")}</dt>
                  <dd>#{question.merged_into}</dd>
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

/** Questions as facts have told of them since: what one has just dealt with is gone before the list is read anew. */
function useChanged(city: View["city"], session: string): ReadonlyMap<number, Words.DeskQuestion> {
  const [changed, setChanged] = useState<ReadonlyMap<number, Words.DeskQuestion>>(new Map());
  useEffect(
    () =>
      city.on("live_qa.desk_changed", (told) => {
        if (told.session !== session) return;
        setChanged((before) => new Map(before).set(told.question.question, told.question));
      }),
    [city, session],
  );
  return changed;
}

/** What a tab shows of pages that were read: each question once, though it moved from one to the next meanwhile. */
function shownIn(
  tab: Tab,
  pages: { questions: Words.DeskQuestion[] }[],
  changed: ReadonlyMap<number, Words.DeskQuestion>,
): Words.DeskQuestion[] {
  const shown = new Map<number, Words.DeskQuestion>();
  for (const read of pages.flatMap(({ questions }) => questions)) {
    const told = changed.get(read.question);
    const newest = told && told.version > read.version ? told : read;
    if (STATES[tab].includes(newest.state)) shown.set(newest.question, newest);
  }
  return [...shown.values()];
}

function actsOn(
  city: View["city"],
  session: string,
  question: Words.DeskQuestion,
  departments: Choice[],
): Act[] {
  const about = { session, question: question.question, version: question.version };
  const isClaimed = (question.claimed_until ?? 0) > city.client.serverTime;
  const mine = isClaimed && question.claimed_by === city.client.citizen.id;
  /** What only who has it in hand may do: taken first, if it is nobody's, at the version that this makes. */
  const taken =
    <T extends "live_qa.approve" | "live_qa.dismiss" | "live_qa.hold" | "live_qa.merge">(
      type: T,
    ): Act["does"] =>
    async (values) => {
      if (mine) return command(city, type, about as Partial<Commands[T]["asks"]>)(values);
      const { row } = await city.ask("live_qa.claim", about);
      const now = { ...about, version: row.version };
      return command(city, type, now as Partial<Commands[T]["asks"]>)(values);
    };
  /** A label may say which department should answer, by its id or its name. */
  const labels = question.labels.map(({ label }) => label);
  const labelled = departments.find(({ value, text }) =>
    labels.some((one) => one === value || one === text),
  )?.value;
  const screened = question.state === "pending" || question.state === "held";
  const all: Record<string, Act> = {
    claim: {
      key: "c",
      label: mine ? "release" : "claim",
      does: command(city, "live_qa.claim", { ...about, on: !mine }),
    },
    approve: { key: "a", label: "approve", kind: "good", does: taken("live_qa.approve") },
    edit: {
      key: "e",
      label: "edit_approve",
      fields: [{ name: "text", label: "text", kind: "text", value: question.text }],
      does: taken("live_qa.approve"),
    },
    dismiss: {
      key: "d",
      label: "dismiss",
      kind: "bad",
      fields: [{ name: "reason", label: "reason", kind: "choice", choices: DISMISSALS }],
      does: screened ? taken("live_qa.dismiss") : command(city, "live_qa.dismiss", about),
    },
    hold: {
      key: "h",
      label: "hold",
      fields: [{ name: "reason", label: "reason", kind: "choice", choices: HOLDS }],
      does: screened ? taken("live_qa.hold") : command(city, "live_qa.hold", about),
    },
    merge: {
      key: "m",
      label: "merge",
      fields: [{ name: "into", label: "merge_into", kind: "number", value: question.similar[0]?.question }],
      does: screened ? taken("live_qa.merge") : command(city, "live_qa.merge", about),
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
      fields: [
        departments.length
          ? { name: "department", label: "department", kind: "choice", choices: departments, value: labelled }
          : { name: "department", label: "department" },
      ],
      does: command(city, "live_qa.defer", about),
    },
    promise: {
      key: "p",
      label: "promise_answer",
      fields: [
        {
          name: "due_at",
          label: "due",
          kind: "moment",
          value: city.client.serverTime + 14 * 24 * HOUR_MS,
        },
      ],
      does: command(city, "live_qa.settle", about),
    },
    no_answer: {
      key: "w",
      label: "why_no_answer",
      fields: [{ name: "reason", label: "reason", kind: "text" }],
      does: command(city, "live_qa.settle", about),
    },
    written: {
      key: "v",
      label: "answer_in_writing",
      kind: "good",
      fields: [{ name: "text", label: "text", kind: "text" }],
      does: command(city, "live_qa.answer", about),
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
    deferred: ["written"],
    unanswered: ["promise", "no_answer", "written"],
  };
  const mayAnswer = city.holds("mayor", "answerer", "clerk");
  return (offered[question.state] ?? [])
    .filter((name) => mayAnswer || name !== "answered")
    .map((name) => all[name]!);
}
