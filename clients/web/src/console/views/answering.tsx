// What stands before the one who answers: the question in large type, the time, what comes next; and what they can do.
import type { Words } from "madang";
import { command, useActing } from "../acts.tsx";
import { useAnswer, useClock } from "../answers.ts";
import { useDepartments } from "../departments.ts";
import type { View } from "../desk.tsx";
import { useKeys } from "../keys.tsx";
import { useSpeech } from "../speech.tsx";
import { RunSheet } from "./run_sheet.tsx";
import { Left } from "./running.tsx";

export function Answering({ city, session }: { city: View["city"]; session: Words.QuestionTime }) {
  const { t, own } = useSpeech();
  const { act } = useActing();
  const now = useClock(city);
  const id = session.session;
  const seen = useAnswer(city, "live_qa.look", { session: id, view: "presenter" }, [
    "live_qa.session_changed",
  ]);
  const crew = useAnswer(city, "live_qa.look", { session: id, view: "crew" }, ["live_qa.run_sheet_changed"]);
  const departments = useDepartments(city);
  const presenter = seen.answer?.presenter;
  const answer = () => {
    const asked = presenter?.now;
    if (!asked) return;
    act({
      key: "v",
      label: "answered",
      kind: "good",
      fields: [{ name: "text", label: "answer_in_short", kind: "text", is_optional: true }],
      does: (values) =>
        city
          .ask("live_qa.answer", {
            session: id,
            question: asked.question,
            version: asked.version ?? 0,
            text: `${values["text"] ?? ""}`,
          })
          .finally(seen.again),
    });
  };
  useKeys((key) => {
    if (key === "v") answer();
    return key === "v";
  });
  if (seen.refusal) return <p class="empty">{t(`code_${seen.refusal}`)}</p>;
  if (!presenter) return <p class="empty">{t("loading")}</p>;
  const asked = presenter.now;
  const mayWish = city.holds("mayor", "answerer");
  return (
    <div class="two">
      <section class="card answering">
        {asked ? (
          <>
            <Left until={asked.answers_until ?? presenter.session.ends_at} now={now} isLarge />
            <p>
              #{asked.question} {asked.category && t(asked.category)}
            </p>
            <p class="large">
              <bdi lang={asked.language ?? undefined}>{asked.text}</bdi>
            </p>
            <p class="acts">
              <button type="button" class="good" onClick={answer}>
                {t("answered")} <kbd>v</kbd>
              </button>
              {mayWish && (
                <>
                  <button
                    type="button"
                    onClick={() =>
                      act({
                        key: "",
                        label: "wish_department",
                        fields: [
                          {
                            name: "department",
                            label: "department",
                            kind: "choice",
                            choices: departments.map((one) => ({ value: one.id, text: own(one.name) })),
                          },
                        ],
                        does: command(city, "live_qa.signal", { session: id, wish: "department" }),
                      })
                    }
                  >
                    {t("wish_department")}
                  </button>
                  <button
                    type="button"
                    onClick={() =>
                      act({
                        key: "",
                        label: "wish_more_time",
                        does: command(city, "live_qa.signal", { session: id, wish: "more_time" }),
                      })
                    }
                  >
                    {t("wish_more_time")}
                  </button>
                </>
              )}
            </p>
          </>
        ) : (
          <p class="large calm">{t("nothing_now")}</p>
        )}
        <h3>{t("next_up")}</h3>
        <ol>
          {presenter.next.map((prompt) => (
            <li key={prompt.question}>
              <bdi lang={prompt.language ?? undefined}>{prompt.text}</bdi>
            </li>
          ))}
        </ol>
      </section>
      {crew.answer?.crew && !city.is("moderator", "host") && (
        <aside class="running">
          <RunSheet
            city={city}
            session={id}
            lines={crew.answer.crew.run_sheet}
            version={crew.answer.crew.sheet_version ?? 0}
          />
        </aside>
      )}
    </div>
  );
}
