// What is announced in the city, the next first: when, where, and the way there.
import type { Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { attempt, why } from "../session";
import { client, district, open } from "../state";
import { day, type Key, of, say, time } from "../texts";
import { chosenSession } from "./question_time_state";
import type { PanelProps } from "./registry";

export function Events({ world }: PanelProps) {
  const [all, setAll] = useState<Words.QuestionTime[] | null>(null);
  const [fault, setFault] = useState("");
  const city = client.value!;
  useEffect(() => {
    const ask = () =>
      city.ask("live_qa.sessions").then(
        ({ sessions }) => setAll(sessions),
        (error) => {
          setAll([]);
          setFault(why(error).text);
        },
      );
    void ask();
    return city.on("live_qa.session_changed", () => void ask());
  }, [city]);
  if (!all) return <p class="soft">{say("panel.loading")}</p>;
  const places = city.welcome?.city.districts ?? [];
  return (
    <>
      {fault && (
        <p role="alert" class="bad">
          {fault}
        </p>
      )}
      {!all.length && !fault && <p class="soft">{say("events.none")}</p>}
      <ol class="events">
        {all.map((session) => (
          <li key={session.session} class={session.phase === "live" ? "live" : ""}>
            <time dateTime={new Date(session.starts_at).toISOString()}>
              {say("events.times", {
                day: day(session.starts_at),
                from: time(session.starts_at),
                to: time(session.ends_at),
              })}
            </time>
            <h3>{of(session.title)}</h3>
            <p>
              <b>{say(`qa.phase.${session.phase}` as Key)}</b> ·{" "}
              {of(places.find(({ id }) => id === session.district)?.name)}
            </p>
            <p class="row">
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  chosenSession.value = session.session;
                  open.value = "question_time";
                }}
              >
                {say("events.open")}
              </button>
              <button type="button" class="quiet" onClick={() => void goThere(session, world)}>
                {say("events.go")}
              </button>
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

async function goThere(session: Words.QuestionTime, world: PanelProps["world"]): Promise<void> {
  const plan = district.value;
  const stage =
    plan?.id === session.district ? plan.stages.find(({ id }) => id === session.stage) : undefined;
  if (stage) {
    const turn = (stage.yaw * Math.PI) / 180;
    if (world.goTo(stage.at[0] + Math.sin(turn) * 10, stage.at[1] + Math.cos(turn) * 10)) return;
  }
  await attempt(client.value!.enter(session.district));
}
