// Question time: ask, stand behind what others ask, raise a hand, speak; and read what was answered.
import type { Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { SendButton } from "../../send_button.tsx";
import { attempt, why } from "../session";
import { client, language, notice, told } from "../state";
import { day, type Key, of, say, sayMaybe, time } from "../texts";
import { Fault } from "./field";
import { InParts } from "./in_parts";
import { type Department, useDepartments } from "./petition_guide";
import { CaptionChoice } from "./question_time_captions";
import { Done, Told, Whose } from "./question_time_done";
import { Poll } from "./question_time_poll";
import { chosenSession, type View, view } from "./question_time_state";

const CATEGORIES = [
  "transport",
  "housing",
  "climate",
  "welfare",
  "education",
  "economy",
  "culture",
  "safety",
  "other",
] as const;
/** Characters of a question. */
const LEAST = 10;
const ANNOUNCED = new Set(["scheduled", "collecting", "doors"]);
const ASKABLE = new Set(["collecting", "doors", "live"]);
const ANNOUNCED_OR_ON = new Set([...ANNOUNCED, "live", "closing"]);

export function QuestionTime() {
  const city = client.value!;
  const [all, setAll] = useState<Words.QuestionTime[] | null>(null);
  useEffect(() => {
    const ask = () =>
      city.ask("live_qa.sessions").then(
        ({ sessions }) => {
          setAll(sessions);
          chosenSession.value ??= sessions[0]?.session ?? null;
        },
        // what one looks at, and writes in, stays where the city was only busy
        () => setAll((known) => known ?? []),
      );
    void ask();
    return city.on("live_qa.session_changed", () => void ask());
  }, [city]);
  const session = chosenSession.value;
  useEffect(() => {
    view.value = null;
    if (!session) return;
    const look = () =>
      city.ask("live_qa.look", { session }).then(
        ({ audience }) => {
          view.value = audience ?? null;
        },
        (error) => notice(why(error).text, "bad"),
      );
    void look();
    const ends = [
      city.on("state", ({ state }) => {
        if (state === "here") void look();
      }),
      // What happens on a stage elsewhere is told by its session alone.
      city.on("live_qa.session_changed", ({ session: changed }) => {
        if (changed.session === session && told.value?.district !== changed.district) void look();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [city, session]);

  if (!all) return <p class="soft">{say("panel.loading")}</p>;
  if (!all.length) return <p class="soft">{say("qa.none")}</p>;
  return (
    <>
      {all.length > 1 && (
        <label class="field">
          <span>{say("qa.choose")}</span>
          <select
            value={session ?? ""}
            onChange={(event) => {
              chosenSession.value = event.currentTarget.value;
            }}
          >
            {all.map((each) => (
              <option key={each.session} value={each.session}>
                {of(each.title)}: {day(each.starts_at)}
              </option>
            ))}
          </select>
        </label>
      )}
      {view.value ? <Session view={view.value} /> : <p class="soft">{say("panel.loading")}</p>}
    </>
  );
}

function Session({ view: shown }: { view: View }) {
  const { session, now, next, questions, mine, floor } = shown;
  const city = client.value!;
  const departments = useDepartments();
  const more = () =>
    attempt(
      city
        .ask("live_qa.questions", { session: session.session, after: shown.next_page ?? undefined })
        .then(({ questions: page, next: after }) => {
          const known = new Set(questions.map(({ question }) => question));
          view.value = {
            ...shown,
            questions: [...questions, ...page.filter(({ question }) => !known.has(question))],
            next_page: after ?? null,
          };
        }),
    );
  return (
    <InParts>
      <h3>{of(session.title)}</h3>
      <p class="state_line">
        <b class={session.phase}>{say(`qa.phase.${session.phase}` as Key)}</b>
        {session.mode && <span> · {say(`qa.mode.${session.mode}` as Key)}</span>} · {day(session.starts_at)}{" "}
        {time(session.starts_at)}
      </p>
      {ANNOUNCED.has(session.phase) && (
        <p>
          <a href={`/calendar/${session.session}.ics?lang=${language.value}`}>{say("qa.calendar")}</a>
        </p>
      )}
      {session.programme && <Programme programme={session.programme} />}
      {session.is_stopped && (
        <p role="alert" class="bad">
          {say("qa.stopped")}
        </p>
      )}
      {floor && (
        <p class="paper">
          <bdi>{say("qa.floor", { name: floor.name })}</bdi>
        </p>
      )}
      {ANNOUNCED_OR_ON.has(session.phase) && <CaptionChoice session={session} />}
      {shown.poll && <Poll key={shown.poll.poll} session={session.session} poll={shown.poll} />}
      {now && (
        <section class="now">
          <h4>{say("qa.now")}</h4>
          <p dir="auto">{now.text}</p>
        </section>
      )}
      {next.length > 0 && (
        <section>
          <h4>{say("qa.next")}</h4>
          <ol class="questions">
            {next.map((row) => (
              <Row key={row.question} row={row} session={session} />
            ))}
          </ol>
        </section>
      )}
      {ASKABLE.has(session.phase) && <Ask session={session} />}
      {session.phase === "live" && <Hands shown={shown} />}
      {questions.length > 0 && (
        <section>
          <h4>{say("qa.open")}</h4>
          <ol class="questions">
            <InParts each={2}>
              {questions.map((row) => (
                <Row key={row.question} row={row} session={session} />
              ))}
            </InParts>
          </ol>
          {shown.next_page && (
            <button type="button" class="quiet" onClick={() => void more()}>
              {say("more")}
            </button>
          )}
        </section>
      )}
      {mine.length > 0 && (
        <section>
          <h4>{say("qa.mine")}</h4>
          <ul class="questions">
            {mine.map((own) => (
              <Own key={own.row.question} own={own} session={session} departments={departments} />
            ))}
          </ul>
        </section>
      )}
      <Done key={session.session} session={session} departments={departments} />
    </InParts>
  );
}

/** What is on now and what comes next, as the audience is told. */
function Programme({ programme }: { programme: Words.Programme }) {
  return (
    <ul class="programme soft" aria-live="polite">
      {programme.now && <li>{say("qa.programme_now", { text: of(programme.now) })}</li>}
      {programme.next && (
        <li>{say("qa.programme_next", { time: time(programme.next_at ?? 0), text: of(programme.next) })}</li>
      )}
    </ul>
  );
}

function Row({ row, session }: { row: Words.Question; session: Words.QuestionTime }) {
  const mayVote = ASKABLE.has(session.phase) && row.state === "open";
  const vote = async () => {
    const on = !row.has_voted;
    const done = await attempt(
      client
        .value!.ask("live_qa.vote", { session: session.session, question: row.question, on })
        .then(({ backers }) => {
          const before = view.value;
          if (before)
            view.value = {
              ...before,
              questions: before.questions.map((each) =>
                each.question === row.question ? { ...each, has_voted: on, backers } : each,
              ),
            };
        }),
    );
    void done;
  };
  return (
    <li>
      <p dir="auto">{row.text}</p>
      <p class="soft">
        {row.by && <bdi>{of(row.by)}</bdi>}
        {row.category && ` · ${sayMaybe(`qa.category.${row.category}`, row.category)}`}
        {row.joined ? ` · ${say("qa.joined", { n: row.joined })}` : ""}
        {row.is_new && ` · ${say("qa.new")}`}
      </p>
      {mayVote && (
        <button
          type="button"
          class={row.has_voted ? "vote on" : "vote"}
          aria-pressed={row.has_voted === true}
          onClick={() => void vote()}
        >
          {say(row.has_voted ? "qa.voted" : "qa.vote")}
          {row.backers !== undefined && row.backers !== null && <b>{row.backers}</b>}
        </button>
      )}
    </li>
  );
}

interface OwnProps {
  own: Words.OwnQuestion;
  session: Words.QuestionTime;
  departments: readonly Department[];
}

function Own({ own, session, departments }: OwnProps) {
  const { row } = own;
  const mayWithdraw = ![
    "withdrawn",
    "dismissed",
    "answered",
    "answered_later",
    "deferred",
    "now",
    "unanswered",
  ].includes(row.state);
  return (
    <li>
      <p dir="auto">{row.text}</p>
      <p class="soft">
        {say(`qa.state.${row.state}` as Key)}
        {own.dismissed_because && `: ${of(own.dismissed_because)}`}
        {own.petition && ` · ${say("qa.petition")}`}
        <Whose row={row} departments={departments} />
      </p>
      {own.hint && <p class="soft">{of(own.hint)}</p>}
      <Told row={row} />
      {mayWithdraw && (
        <button
          type="button"
          class="quiet"
          onClick={() =>
            void attempt(
              client.value!.ask("live_qa.withdraw", { session: session.session, question: row.question }),
              say("qa.withdrawn"),
            )
          }
        >
          {say("qa.withdraw")}
        </button>
      )}
    </li>
  );
}

function Ask({ session }: { session: Words.QuestionTime }) {
  const [text, setText] = useState("");
  const [category, setCategory] = useState("");
  const [fault, setFault] = useState<ReturnType<typeof why> | null>(null);
  const [isSending, setSending] = useState(false);
  const mayNot = isSending || text.trim().length < LEAST;
  const send = async (event: Event) => {
    event.preventDefault();
    setSending(true);
    setFault(null);
    try {
      const { question, state } = await client.value!.ask("live_qa.ask", {
        session: session.session,
        text: text.trim(),
        ...(category && { category }),
        language: document.documentElement.lang,
      });
      notice(say(state === "open" ? "qa.asked" : "qa.asked_held", { n: question }), "good");
      // what was written on meanwhile is another question
      setText((now) => (now === text ? "" : now));
    } catch (error) {
      setFault(why(error));
    } finally {
      setSending(false);
    }
  };
  const bad = fault?.field === "text" || (fault && !fault.field);
  return (
    <form class="ask" onSubmit={(event) => void send(event)}>
      <label class="field">
        <span>{say("qa.ask_label")}</span>
        <textarea
          name="question"
          dir="auto"
          rows={3}
          maxLength={300}
          value={text}
          aria-invalid={Boolean(bad)}
          aria-describedby="ask_hint ask_fault"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <small id="ask_hint">
          {say("qa.ask_hint")} ({text.trim().length}/300)
        </small>
      </label>
      <Fault id="ask_fault" fault={fault?.text} />
      <div class="row">
        <label class="inline">
          <span class="unseen">{say("qa.category")}</span>
          <select value={category} onChange={(event) => setCategory(event.currentTarget.value)}>
            <option value="">{say("qa.category")}</option>
            {CATEGORIES.map((each) => (
              <option key={each} value={each}>
                {say(`qa.category.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <SendButton waits={mayNot}>{say("qa.ask")}</SendButton>
      </div>
    </form>
  );
}

function Hands({ shown }: { shown: View }) {
  const { session, hand } = shown;
  const city = client.value!;
  if (hand) {
    return (
      <p class="row">
        <span>
          {say("qa.hand_place", {
            place: hand.place,
            of: hand.of,
            minutes: Math.max(1, Math.ceil(hand.estimate_s / 60)),
          })}
        </span>
        <button
          type="button"
          class="quiet"
          onClick={() =>
            void attempt(
              city.ask("live_qa.lower_hand", { session: session.session }).then(() => {
                view.value = { ...shown, hand: null };
              }),
              say("qa.hand_lowered"),
            )
          }
        >
          {say("qa.hand_lower")}
        </button>
      </p>
    );
  }
  if (!session.hands_open) return null;
  return (
    <p>
      <button
        type="button"
        class="quiet"
        onClick={() =>
          void attempt(
            city
              .ask("live_qa.raise_hand", {
                session: session.session,
                language: document.documentElement.lang,
              })
              .then((place) => {
                view.value = { ...shown, hand: place };
              }),
          )
        }
      >
        {say("qa.hand_raise")}
      </button>
    </p>
  );
}
