// What the screens beside a district's stages show: the question time that goes on there, or the next one.
//
// Facts tell it, which all in the district hear anyway; only who comes in asks, each at a moment of their own.
import { computed, signal } from "@preact/signals";
import type { Client, Words } from "madang";
import { told } from "./state";
import { day, of, say, time } from "./texts";

/** Who comes with a crowd does not ask with it: within so long. */
const SPREAD_MS = 2000;

/** What one screen has room for. */
export interface Board {
  /** Of what it is a part. */
  head: string;
  text: string;
  /** Whether it is what somebody asks, in their own words. */
  isAsked: boolean;
}

interface Hall {
  sessions: Record<string, Words.QuestionTime>;
  /** The question that is being answered, and the poll that is open, by session. */
  asked: Record<string, { question: number; text: string } | undefined>;
  polls: Record<string, Words.Poll | undefined>;
}

const NOTHING: Hall = { sessions: {}, asked: {}, polls: {} };
const hall = signal<Hall>(NOTHING);

/** From one that goes on to one that is to come; what is over is on no screen. */
const PHASES = ["live", "closing", "doors", "collecting", "scheduled"];

function nowIn(district: string | undefined): Words.QuestionTime | undefined {
  const rank = ({ phase }: Words.QuestionTime) => PHASES.indexOf(phase);
  return Object.values(hall.value.sessions)
    .filter((each) => each.district === district && rank(each) >= 0)
    .sort((a, b) => rank(a) - rank(b) || a.starts_at - b.starts_at)[0];
}

export const board = computed<Board | null>(() => {
  const session = nowIn(told.value?.district);
  if (!session) return null;
  const { asked, polls } = hall.value;
  const head = of(session.title);
  const plain = (text: string): Board => ({ head, text, isAsked: false });
  if (session.is_stopped) return plain(say("qa.stopped"));
  const poll = polls[session.session];
  if (poll?.state === "open") return plain(of(poll.question));
  const question = asked[session.session];
  if (question) return { head, text: question.text, isAsked: true };
  if (session.phase === "live" && session.mode) return plain(say(`qa.mode.${session.mode}`));
  if (session.phase === "live" || session.phase === "closing") return plain(say(`qa.phase.${session.phase}`));
  return plain(`${day(session.starts_at)} ${time(session.starts_at)}`);
});

/** Listens for as long as the client lives; what it returns ends that. */
export function followHall(city: Client): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const take = (session: Words.QuestionTime) => {
    const { sessions, asked } = hall.value;
    hall.value = { ...hall.value, sessions: { ...sessions, [session.session]: session } };
    if (session.on_stage == null && asked[session.session]) put("asked", session.session, undefined);
  };
  const put = <K extends "asked" | "polls">(which: K, session: string, what: Hall[K][string]) => {
    hall.value = { ...hall.value, [which]: { ...hall.value[which], [session]: what } };
  };
  const look = async () => {
    const { sessions } = await city.ask("live_qa.sessions", {});
    hall.value = NOTHING;
    for (const session of sessions) take(session);
    const now = nowIn(told.value?.district);
    if (!now || (now.on_stage == null && now.poll == null)) return;
    const { screen } = await city.ask("live_qa.look", { session: now.session, view: "screen" });
    if (!screen) return;
    if (screen.now) put("asked", now.session, screen.now);
    if (screen.poll) put("polls", now.session, screen.poll);
  };
  const ends = [
    city.on("arrived", () => {
      clearTimeout(timer);
      // of what was refused nobody is told: the panel of question time tells why
      timer = setTimeout(() => void look().catch(() => {}), Math.random() * SPREAD_MS);
    }),
    city.on("live_qa.session_changed", ({ session }) => take(session)),
    city.on("live_qa.question_changed", ({ session, question: row }) => {
      if (row.state === "now") put("asked", session, { question: row.question, text: row.text });
      else if (hall.value.asked[session]?.question === row.question) put("asked", session, undefined);
    }),
    city.on("live_qa.poll_changed", ({ session, poll }) => put("polls", session, poll)),
  ];
  return () => {
    clearTimeout(timer);
    for (const end of ends) end();
    hall.value = NOTHING;
  };
}
