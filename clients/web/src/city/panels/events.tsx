// What is announced in the city, the next first: when, where, and the way there.
import { signal } from "@preact/signals";
import type { Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { attempt, why } from "../session";
import { client, district, open } from "../state";
import { day, type Key, number, of, say, time } from "../texts";
import { travel } from "../travel";
import { InParts } from "./in_parts";
import { chosenSession } from "./question_time_state";
import type { PanelProps } from "./registry";

/** Phases in which a seat may be reserved, or given back. */
const RESERVABLE = ["scheduled", "collecting", "doors"];

/** The seats one has, as this browser was told of them: the city tells each change once, and no list. */
const SEATS = "madang.seats";
const seats = signal<ReadonlySet<string>>(stored());

function stored(): Set<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(SEATS) ?? "[]") as string[]);
  } catch {
    return new Set();
  }
}

function noteSeat(seat: string, on: boolean): void {
  const now = new Set(seats.value);
  if (on) now.add(seat);
  else now.delete(seat);
  seats.value = now;
  try {
    localStorage.setItem(SEATS, JSON.stringify([...now].slice(-100)));
  } catch {
    // known as long as the page is open, then
  }
}

export function Events({ world }: PanelProps) {
  const [all, setAll] = useState<Words.QuestionTime[] | null>(null);
  const [fault, setFault] = useState("");
  const city = client.value!;
  useEffect(() => {
    const ask = () =>
      city.ask("live_qa.sessions").then(
        ({ sessions }) => setAll(sessions),
        (error) => {
          setAll((known) => known ?? []);
          setFault(why(error).text);
        },
      );
    void ask();
    const ends = [
      city.on("live_qa.session_changed", () => void ask()),
      city.on("live_qa.seat_changed", ({ session, on }) => noteSeat(`${city.citizen.id} ${session}`, on)),
    ];
    return () => {
      for (const end of ends) end();
    };
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
        <InParts each={2}>
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
                <Seat session={session} />
              </p>
            </li>
          ))}
        </InParts>
      </ol>
    </>
  );
}

/** A seat of one's own, where the session has yet to begin; visitors have none. */
function Seat({ session }: { session: Words.QuestionTime }) {
  const city = client.value!;
  if (!RESERVABLE.includes(session.phase) || city.citizen.roles.includes("visitor")) return null;
  const seat = `${city.citizen.id} ${session.session}`;
  const has = seats.value.has(seat);
  const reserve = async () => {
    const done = city.ask("live_qa.reserve", { session: session.session, on: !has });
    if (await attempt(done, say(has ? "events.unseated" : "events.seated"))) noteSeat(seat, !has);
  };
  return (
    <>
      <button type="button" class="quiet" aria-pressed={has} onClick={() => void reserve()}>
        {say(has ? "events.unseat" : "events.seat")}
      </button>
      {session.seats ? (
        <small>{say("events.seats", { n: number(session.reserved ?? 0), of: number(session.seats) })}</small>
      ) : null}
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
  await travel(session.district);
}
