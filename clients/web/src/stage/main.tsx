// The stage's screen: what is answered now and for how long yet, large, for a hall, by day or at dusk; with `/presenter`,
// for who answers, with what is next.
import type { Words } from "madang";
import { render } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { useAnswer, useClock } from "../console/answers.ts";
import { type City, keptToken, Onlooker } from "../console/city.ts";
import { useDepartments } from "../console/departments.ts";
import { Spoken, useSpeech } from "../console/speech.tsx";
import "./stage.css";

/** The screen stands in no district, so it hears what everyone hears: that a session goes on, and what is on its stage. */
const CHANGES = ["live_qa.session_changed", "live_qa.question_changed", "live_qa.turnout"] as const;

/** In which phases one may ask, and is told where. */
const ASKS = new Set(["collecting", "doors", "live"]);

const KEPT = "madang.stage.light";
/** So long after the pointer moved, the way to another light is seen; a hall does not look at buttons. */
const SEEN_MS = 4000;

/** A dark hall wants light letters, a bright one dark letters: by `d`, or by a button that a moved pointer shows. */
function useLight(): { isDay: boolean; isSeen: boolean; change(): void } {
  const [isDay, setDay] = useState(() => localStorage.getItem(KEPT) === "day");
  const [isSeen, setSeen] = useState(false);
  const change = () => setDay((before) => !before);
  useLayoutEffect(() => {
    document.documentElement.dataset["light"] = isDay ? "day" : "dusk";
    localStorage.setItem(KEPT, isDay ? "day" : "dusk");
  }, [isDay]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const seen = () => {
      clearTimeout(timer);
      setSeen(true);
      timer = setTimeout(() => setSeen(false), SEEN_MS);
    };
    const pressed = (event: KeyboardEvent) => {
      seen();
      if (event.code === "KeyD" && !event.ctrlKey && !event.metaKey && !event.altKey) change();
    };
    addEventListener("pointermove", seen);
    addEventListener("keydown", pressed);
    return () => {
      clearTimeout(timer);
      removeEventListener("pointermove", seen);
      removeEventListener("keydown", pressed);
    };
  }, []);
  return { isDay, isSeen, change };
}

function Stage() {
  const [session = "", view] = location.hash.slice(1).split("/");
  const { t } = useSpeech();
  const light = useLight();
  const [city] = useState(() => new Onlooker(keptToken() ?? undefined));
  const [state, setState] = useState(city.client.state);
  useLayoutEffect(() => {
    setState(city.client.state); // it may have changed between the first look and this
    return city.on("state", (change) => setState(change.state));
  }, [city]);
  if (city.isOver) return <p class="wait alone">{t("stage_no_visitors")}</p>;
  if (!session) return <p class="wait alone">{t("stage_no_session")}</p>;
  return (
    <main class={view === "presenter" ? "presenter" : "screen"}>
      {state !== "here" && state !== "parted" && (
        <p class="away" role="status">
          {t("coming")}
        </p>
      )}
      {view === "presenter" ? (
        <Presenter city={city} session={session} />
      ) : (
        <Screen city={city} session={session} />
      )}
      {light.isSeen && (
        <button type="button" class="light" onClick={light.change}>
          {t(light.isDay ? "for_dusk" : "for_day")} <kbd>d</kbd>
        </button>
      )}
    </main>
  );
}

function Screen({ city, session }: { city: City; session: string }) {
  const { t, own, language } = useSpeech();
  const now = useClock(city);
  const { answer, refusal } = useAnswer(city, "live_qa.look", { session, view: "screen" }, [...CHANGES]);
  const listed = useAnswer(city, "live_qa.sessions", {}, ["live_qa.session_changed"]);
  const screen = answer?.screen;
  const told = listed.answer?.sessions.find((one) => one.session === session);
  useEffect(() => {
    if (screen) document.title = screen.title[language];
  }, [screen, language]);
  if (refusal) return <p class="wait">{t(`code_${refusal}`)}</p>;
  if (!screen) return <p class="wait">{t("loading")}</p>;
  return (
    <>
      <header>
        <h1>{own(screen.title)}</h1>
        {screen.poll?.state === "open" && !screen.is_stopped ? (
          <Left ms={screen.poll.closes_at - now} />
        ) : screen.now?.answers_until && !screen.is_stopped ? (
          <Left ms={screen.now.answers_until - now} />
        ) : (
          <p>{t(`phase_${screen.phase}`)}</p>
        )}
      </header>
      {screen.is_stopped ? (
        <p class="wait">{t("stage_stopped")}</p>
      ) : screen.poll ? (
        <Polled poll={screen.poll} />
      ) : screen.now ? (
        <Asked prompt={screen.now} />
      ) : (
        <p class="wait">{t(waitsFor(screen))}</p>
      )}
      {told && <Captions city={city} session={session} channels={told.channels} />}
      <footer>
        {ASKS.has(screen.phase) && !screen.poll && (
          <p class="ask">
            {t("ask_at")} <strong>{location.host}/plain</strong>
          </p>
        )}
        <Announced city={city} district={told?.district} />
        {told?.programme && !screen.poll && <Programme programme={told.programme} />}
      </footer>
    </>
  );
}

function waitsFor({ phase, mode, is_floor_taken }: Words.ScreenView): string {
  if (is_floor_taken) return "stage_floor";
  if (phase === "follow_up" || phase === "archived") return "stage_closed";
  if (phase === "live" || phase === "closing") return mode ? `mode_${mode}` : `phase_${phase}`;
  return "stage_wait";
}

/** Where in its run sheet the session is, as the audience is told. */
function Programme({ programme }: { programme: Words.Programme }) {
  const { t, own, time } = useSpeech();
  return (
    <p class="programme">
      {programme.now && (
        <span>
          <small>{t("now_on")}</small> {own(programme.now)}
        </span>
      )}
      {programme.next && (
        <span>
          <small>{t("coming_at", { time: time(programme.next_at) })}</small> {own(programme.next)}
        </span>
      )}
    </p>
  );
}

/** What is announced for the city or the hall's district, in both languages: a hall has one screen for all. */
function Announced({ city, district }: { city: City; district: string | undefined }) {
  const now = useClock(city);
  const { answer } = useAnswer(city, "announcements.list", {}, ["announcements.changed"]);
  const row = answer?.announcements.find(
    ({ scope, until }) => until > now && (!scope || scope.split("/")[0] === district),
  );
  if (!row) return null;
  return (
    <p class={`announced ${row.level}`} role={row.level === "emergency" ? "alert" : "status"}>
      <bdi lang="ko">{row.text.ko}</bdi> <bdi lang="en">{row.text.en}</bdi>
    </p>
  );
}

/** The time that is left, as a clock that one reads from the last row. */
function Left({ ms }: { ms: number }) {
  const { t, timer } = useSpeech();
  return (
    <p class={ms < 0 ? "timer late" : "timer"} role="timer">
      {t(ms < 0 ? "over_by" : "left", { span: timer(ms) })}
    </p>
  );
}

function Presenter({ city, session }: { city: City; session: string }) {
  const { t, own } = useSpeech();
  const now = useClock(city);
  const departments = useDepartments(city);
  const { answer, refusal } = useAnswer(city, "live_qa.look", { session, view: "presenter" }, [...CHANGES]);
  const presenter = answer?.presenter;
  if (refusal) return <p class="wait">{t(`code_${refusal}`)}</p>;
  if (!presenter) return <p class="wait">{t("loading")}</p>;
  const leftMs = (presenter.now?.answers_until ?? presenter.floor_ends_at ?? presenter.session.ends_at) - now;
  return (
    <>
      <header>
        <h1>{own(presenter.session.title)}</h1>
        <Left ms={leftMs} />
      </header>
      {presenter.poll ? (
        <Polled poll={presenter.poll} />
      ) : presenter.now ? (
        <Asked prompt={presenter.now} />
      ) : (
        <p class="wait">{t("nothing_now")}</p>
      )}
      <Captions city={city} session={session} channels={presenter.session.channels} />
      <section>
        {presenter.who_answers && (
          <p class="who">
            {t("who_answers")}:{" "}
            {own(departments.find(({ id }) => id === presenter.who_answers)?.name) ||
              t(`office_${presenter.who_answers}`)}
          </p>
        )}
        {presenter.next.length > 0 && <h2>{t("next_up")}</h2>}
        <ol>
          {presenter.next.map((prompt) => (
            <li key={prompt.question}>
              <bdi lang={prompt.language ?? undefined}>{prompt.text}</bdi>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

function Asked({ prompt }: { prompt: Words.Prompt }) {
  const { t } = useSpeech();
  return (
    <article key={prompt.question} class="asked" aria-live="polite">
      <p class="labels">
        {[`#${prompt.question}`, prompt.category && t(prompt.category), ...prompt.labels]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <p class={`text ${size(prompt.text)}`}>
        <bdi lang={prompt.language ?? undefined}>{prompt.text}</bdi>
      </p>
    </article>
  );
}

/** A poll in both languages, as a hall has one screen for all: how many take part, and the votes when it is counted. */
function Polled({ poll }: { poll: Words.Poll }) {
  const { t } = useSpeech();
  const all = poll.ballots || 1;
  return (
    <article key={poll.poll} class="polled">
      <p class="labels">
        {t("polled")} · {t(`poll_${poll.state}`)} · {t("turnout_n", { n: poll.turnout })}
      </p>
      <p class={`text ${size(poll.question.ko + poll.question.en)}`}>
        <bdi lang="ko">{poll.question.ko}</bdi> <bdi lang="en">{poll.question.en}</bdi>
      </p>
      <ol class={howMany(poll.answers.length)} aria-live="polite">
        {poll.answers.map(({ answer, text, votes }) => (
          <li key={answer} style={{ "--share": `${((votes ?? 0) / all) * 100}%` }}>
            <span>
              <bdi lang="ko">{text.ko}</bdi> <bdi lang="en">{text.en}</bdi>
            </span>
            {poll.state === "counted" && <strong>{votes}</strong>}
          </li>
        ))}
      </ol>
    </article>
  );
}

/** As many rows as a screen has room for under the question. */
function howMany(answers: number): string {
  return answers > 12 ? "most" : answers > 4 ? "many" : "";
}

/** So many languages at once: a hall has one screen for all, and a line of each is read before the next comes. */
const TONGUES = 2;

interface CaptionsProps {
  city: City;
  session: string;
  channels: Words.CaptionChannel[];
}

/** What is said, in writing, and where sign language is to be seen. */
function Captions({ city, session, channels }: CaptionsProps) {
  const { t, own } = useSpeech();
  const open = channels.filter(({ is_open }) => is_open);
  const written = open.filter(({ kind }) => kind === "captions").slice(0, TONGUES);
  const tongues = written.map(({ channel }) => channel).join();
  const [lines, setLines] = useState<Record<string, Words.CaptionLine | undefined>>({});
  useEffect(() => {
    const wanted = tongues ? tongues.split(",") : [];
    const put = (channel: string, line: Words.CaptionLine | undefined) =>
      setLines((before) => {
        const known = before[channel];
        return line && known && known.line > line.line ? before : { ...before, [channel]: line };
      });
    // By this window's own line, whoever reads: what is followed is heard where it was asked for.
    const follow = () =>
      void city.client.ask("live_qa.follow", { session, channels: wanted }).then(
        (told) => {
          for (const each of told.channels) put(each.channel, each.lines.at(-1));
        },
        () => {},
      );
    const look = () => {
      for (const channel of wanted)
        void city.ask("live_qa.captions", { session, channel, last: true }).then(
          (told) => put(channel, told.lines.at(-1)),
          () => {},
        );
    };
    if (city.client.state === "here") follow();
    else look();
    const ends = [
      city.on("state", ({ state }) => state === "here" && follow()),
      city.on("live_qa.captioned", (told) => told.session === session && put(told.channel, told.line)),
      city.everyNowAndThen(look),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [city, session, tongues]);
  if (!open.length) return null;
  return (
    <section class="captions" aria-label={t("captions_stage")}>
      {written.map(({ channel }) => (
        <p key={channel} lang={channel} aria-live="polite">
          <bdi>{lines[channel]?.text}</bdi>
        </p>
      ))}
      {open.map(
        ({ channel, kind, where }) =>
          kind === "sign" && (
            <p key={channel} class="where">
              {own(where)}
            </p>
          ),
      )}
    </section>
  );
}

/** How large a text can be and still be whole on the screen: three hundred characters fit at the smallest. */
function size(text: string): string {
  // A Korean letter takes the room of two Latin ones.
  const columns = [...text].reduce((sum, letter) => sum + (letter > "\u1100" ? 2 : 1), 0);
  return columns > 360 ? "longest" : columns > 200 ? "long" : columns > 90 ? "" : "short";
}

const page = document.getElementById("page");
if (page)
  render(
    <Spoken>
      <Stage />
    </Spoken>,
    page,
  );
