// What became of questions: those that were dealt with while it goes on, all of the record when it is over.
import type { Words } from "madang";
import { useState } from "preact/hooks";
import { attempt } from "../session";
import { client } from "../state";
import { day, type Key, of, say } from "../texts";
import { type Department, nameOf } from "./petition_guide";
import { Outcome } from "./question_time_poll";

interface DoneProps {
  session: Words.QuestionTime;
  departments: readonly Department[];
}

export function Done({ session, departments }: DoneProps) {
  const [rows, setRows] = useState<Words.Question[] | null>(null);
  const [polls, setPolls] = useState<Words.Poll[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const isOver = session.phase === "follow_up" || session.phase === "archived";
  const read = (after?: string) => {
    const city = client.value!;
    const about = { session: session.session, ...(after && { after }) };
    const page: Promise<{
      questions: Words.Question[];
      polls?: Words.Poll[];
      next?: string | null | undefined;
    }> = isOver
      ? city.ask("live_qa.record", about)
      : city.ask("live_qa.questions", { ...about, which: "done" });
    void attempt(
      page.then((found) => {
        setRows((known) => [...(after ? (known ?? []) : []), ...found.questions]);
        setPolls((known) => [...(after ? known : []), ...(found.polls ?? [])]);
        setNext(found.next ?? null);
      }),
    );
  };
  return (
    <section>
      <h4>{say("qa.done")}</h4>
      {rows && (
        <ul class="questions">
          {rows.map((row) => (
            <li key={row.question}>
              <p dir="auto">{row.text}</p>
              <p class="soft">
                {say(`qa.state.${row.state}` as Key)}
                <Whose row={row} departments={departments} />
                {row.backers !== undefined &&
                  row.backers !== null &&
                  ` · ${say("qa.backers", { n: row.backers })}`}
              </p>
              <Told row={row} />
            </li>
          ))}
        </ul>
      )}
      {polls.map((poll) => (
        <section key={poll.poll} class="poll">
          <p>
            <b>{of(poll.question)}</b>
          </p>
          <Outcome session={session.session} poll={poll} />
        </section>
      ))}
      {(!rows || next) && (
        <button type="button" class="quiet" onClick={() => read(next ?? undefined)}>
          {say(rows ? "more" : "qa.record")}
        </button>
      )}
      {isOver && (
        <p>
          <a href={`/api/question-times/${session.session}/export.csv`} download>
            {say("qa.as_csv")}
          </a>
        </p>
      )}
    </section>
  );
}

/** Which department answers, by its name, and until when. */
export function Whose({ row, departments }: { row: Words.Question; departments: readonly Department[] }) {
  return (
    <>
      {row.department && ` · ${nameOf(departments, row.department)}`}
      {row.due_at && ` · ${say("qa.due", { day: day(row.due_at) })}`}
    </>
  );
}

/** The answer, or why there is none. */
export function Told({ row }: { row: Words.Question }) {
  return (
    <>
      {row.answer && (
        <p class="paper" dir="auto">
          {row.answer}
        </p>
      )}
      {row.no_answer_because && (
        <p class="paper" dir="auto">
          {row.no_answer_because}
        </p>
      )}
    </>
  );
}
