// Secret polls at the console: what was asked, how many take part, what came of it; the host opens and closes them.
import { Refused, type Words } from "madang";
import { type Act, useActing } from "../acts.tsx";
import { useClock, useList } from "../answers.ts";
import type { View } from "../desk.tsx";
import { type Speech, useSpeech } from "../speech.tsx";
import { Left } from "./running.tsx";

interface PollsProps {
  city: View["city"];
  session: Words.QuestionTime;
}

const LASTS_S = 120;

export function Polls({ city, session }: PollsProps) {
  const { t, own } = useSpeech();
  const { act } = useActing();
  const now = useClock(city);
  const id = session.session;
  const { pages, again, more } = useList(city, "live_qa.polls", { session: id }, [
    "live_qa.poll_changed",
    "live_qa.session_changed",
    "live_qa.turnout",
  ]);
  const polls = pages?.flatMap((page) => page.polls) ?? [];
  const isHost = city.is("host");
  const mayOpen = isHost && session.mode === "poll" && !polls.some(({ state }) => state === "open");
  if (!polls.length && !mayOpen) return null;
  return (
    <section class="polls">
      <h2>{t("polls")}</h2>
      {mayOpen && (
        <p class="acts">
          <button type="button" onClick={() => act(opening(city, id, t, again))}>
            {t("open_poll")}
          </button>
        </p>
      )}
      <ol>
        {polls.map((poll) => (
          <li key={poll.poll}>
            <p>
              <strong>{own(poll.question)}</strong>{" "}
              <small>
                {t(`poll_${poll.state}`)} · {t("turnout_n", { n: poll.turnout })} ·{" "}
                {t(`eligible_${poll.eligible}`)}
                {poll.is_binding && ` · ${t("is_binding")}`}
              </small>
            </p>
            {poll.state === "open" && (
              <p class="acts">
                <Left until={poll.closes_at} now={now} />
                {isHost && (
                  <button
                    type="button"
                    onClick={() =>
                      act({
                        key: "",
                        label: "close_poll",
                        asks: "close_poll_asks",
                        about: own(poll.question),
                        does: () =>
                          city.ask("live_qa.close_poll", { session: id, poll: poll.poll }).finally(again),
                      })
                    }
                  >
                    {t("close_poll")}
                  </button>
                )}
              </p>
            )}
            {poll.state === "counted" && (
              <ul>
                {poll.answers.map((answer) => (
                  <li key={answer.answer}>
                    {own(answer.text)}: <strong>{answer.votes}</strong>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
      {more && (
        <button type="button" onClick={more}>
          {t("more")}
        </button>
      )}
    </section>
  );
}

/** The form of a new poll; answers are lines, the first in one language is the first in the other. */
function opening(city: View["city"], session: string, t: Speech["t"], again: () => void): Act {
  return {
    key: "",
    label: "open_poll",
    fields: [
      { name: "question.ko", label: "question_ko" },
      { name: "question.en", label: "question_en" },
      { name: "answers.ko", label: "answers_ko", kind: "text" },
      { name: "answers.en", label: "answers_en", kind: "text" },
      { name: "most", label: "most_answers", kind: "number", value: 1 },
      { name: "lasts_s", label: "lasts_s", kind: "number", value: LASTS_S },
      {
        name: "eligible",
        label: "eligible",
        kind: "choice",
        choices: ["present", "verified", "resident"].map((value) => ({
          value,
          text: t(`eligible_${value}`),
        })),
      },
      { name: "is_binding", label: "is_binding", kind: "tick" },
      { name: "min_ballots", label: "min_ballots", kind: "number", is_optional: true },
      { name: "min_share", label: "min_share", kind: "number", is_optional: true },
    ],
    does: async (values) => {
      const { answers, ...rest } = values as unknown as Omit<Words.LiveQaOpenPoll, "session" | "answers"> & {
        answers: Words.Text;
      };
      const [ko, en] = [lines(answers.ko), lines(answers.en)];
      const both = Array.from({ length: Math.max(ko.length, en.length) }, (_, n) => ({
        ko: ko[n] ?? "",
        en: en[n] ?? "",
      }));
      try {
        await city.ask("live_qa.open_poll", { ...rest, session, answers: both });
      } catch (error) {
        throw error instanceof Refused ? inForm(error) : error;
      } finally {
        again();
      }
    },
  };
}

const lines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** A refusal of one answer, told at the field in which all of its language stand. */
function inForm(refused: Refused): Refused {
  const of = /^answers\.\d+\.(ko|en)$/.exec(refused.field ?? "");
  const field = of ? `answers.${of[1]}` : refused.field === "answers" ? "answers.ko" : refused.field;
  return new Refused({
    type: "refused",
    id: 0,
    code: refused.code,
    message: refused.message,
    ...(field && { field }),
  });
}
