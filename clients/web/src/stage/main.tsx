// The stage's screen: what is answered now, large, for a hall; with `/presenter`, for who answers, with time and what is next.
import type { Words } from "madang";
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useAnswer, useClock } from "../console/answers.ts";
import { City, keptToken } from "../console/city.ts";
import { Spoken, useSpeech } from "../console/speech.tsx";
import "./stage.css";

const CHANGES = [
  "live_qa.question_changed",
  "live_qa.session_changed",
  "live_qa.floor_changed",
  "live_qa.order_changed",
] as const;

function Stage() {
  const [session = "", view] = location.hash.slice(1).split("/");
  const { t } = useSpeech();
  const [isHere, setHere] = useState(false);
  // A page that the console opened has its token; a hall's screen needs none where the city admits visitors.
  const city = useMemo(() => new City(keptToken() ?? undefined), []);
  useEffect(() => city.on("state", ({ state }) => setHere(state === "here")), [city]);
  return (
    <main class={view === "presenter" ? "presenter" : "screen"}>
      {!isHere && (
        <p class="away" role="status">
          {t("coming")}
        </p>
      )}
      {view === "presenter" ? (
        <Presenter city={city} session={session} />
      ) : (
        <Screen city={city} session={session} />
      )}
    </main>
  );
}

function Screen({ city, session }: { city: City; session: string }) {
  const { t, own } = useSpeech();
  const { answer } = useAnswer(city, "live_qa.look", { session, view: "screen" }, [...CHANGES]);
  const screen = answer?.screen;
  if (!screen) return <p class="wait">{t("loading")}</p>;
  return (
    <>
      <header>
        <h1>{own(screen.title)}</h1>
        <p>{t(`phase_${screen.phase}`)}</p>
      </header>
      {screen.is_stopped ? (
        <p class="wait">{t("stage_stopped")}</p>
      ) : screen.now ? (
        <Asked prompt={screen.now} />
      ) : (
        <p class="wait">{t(screen.is_floor_taken ? "stage_floor" : "stage_wait")}</p>
      )}
    </>
  );
}

function Presenter({ city, session }: { city: City; session: string }) {
  const { t, own, span } = useSpeech();
  const now = useClock();
  const { answer, refusal } = useAnswer(city, "live_qa.look", { session, view: "presenter" }, [...CHANGES]);
  const presenter = answer?.presenter;
  if (refusal) return <p class="wait">{t(`code_${refusal}`)}</p>;
  if (!presenter) return <p class="wait">{t("loading")}</p>;
  const leftMs = (presenter.now?.answers_until ?? presenter.floor_ends_at ?? presenter.session.ends_at) - now;
  return (
    <>
      <header>
        <h1>{own(presenter.session.title)}</h1>
        <p class={leftMs < 0 ? "late" : ""}>{t(leftMs < 0 ? "over_by" : "left", { span: span(leftMs) })}</p>
      </header>
      {presenter.now ? <Asked prompt={presenter.now} /> : <p class="wait">{t("nothing_now")}</p>}
      {presenter.who_answers && (
        <p class="who">
          {t("who_answers")}: {presenter.who_answers}
        </p>
      )}
      <section>
        <h2>{t("next_up")}</h2>
        <ol>
          {presenter.next.map((prompt) => (
            <li key={prompt.question}>
              <bdi>{prompt.text}</bdi>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

function Asked({ prompt }: { prompt: Words.Prompt }) {
  return (
    <article key={prompt.question} class="asked" aria-live="polite">
      <p class="labels">
        #{prompt.question} {prompt.category} {prompt.labels.join(" · ")}
      </p>
      <p class={prompt.text.length > 120 ? "text long" : "text"}>
        <bdi>{prompt.text}</bdi>
      </p>
    </article>
  );
}

const page = document.getElementById("page");
if (page)
  render(
    <Spoken>
      <Stage />
    </Spoken>,
    page,
  );
