// One question time as the audience sees it, kept true by what the city tells.
import { signal } from "@preact/signals";
import type { Client, Words } from "madang";
import { notice } from "../state";
import { of, say } from "../texts";

export type View = Words.AudienceView;

/** Which session one looks at. */
export const chosenSession = signal<string | null>(null);
export const view = signal<View | null>(null);
export const turn = signal<Pick<Words.LiveQaTurnChanged, "session" | "step" | "until"> | null>(null);
/** Seconds left of one's speaking time, as last signalled. */
export const leftS = signal<number | null>(null);

function change(session: string, how: (before: View) => View): void {
  const before = view.value;
  if (before?.session.session === session) view.value = how(before);
}

/** Puts a question where its state belongs. */
function place(before: View, row: Words.Question): View {
  const old = [before.now, ...before.next, ...before.questions].find(
    (each) => each?.question === row.question,
  );
  // whether one has voted, and how many stand behind it, come with lists and counts, and not with every change
  const kept: Words.Question = {
    ...row,
    has_voted: row.has_voted ?? old?.has_voted,
    backers: row.backers ?? old?.backers,
  };
  const without = (list: Words.Question[]) => list.filter((each) => each.question !== row.question);
  const isKnown = before.questions.some((each) => each.question === row.question);
  return {
    ...before,
    now: row.state === "now" ? kept : before.now?.question === row.question ? null : before.now,
    next: row.state === "next" ? [...without(before.next), kept] : without(before.next),
    questions:
      row.state !== "open"
        ? without(before.questions)
        : isKnown
          ? before.questions.map((each) => (each.question === row.question ? kept : each))
          : [...before.questions, { ...kept, is_new: true }],
  };
}

function onPoll(before: View, number: number, told: Partial<Words.Poll>): View {
  return before.poll?.poll === number ? { ...before, poll: { ...before.poll, ...told } } : before;
}

/** Listens for as long as the client lives; what it returns ends that. */
export function follow(city: Client): () => void {
  const ends = [
    city.on("live_qa.session_changed", ({ session }) =>
      change(session.session, (before) => ({ ...before, session })),
    ),
    city.on("live_qa.question_changed", ({ session, question }) =>
      change(session, (before) => place(before, question)),
    ),
    city.on("live_qa.own_changed", ({ session, question }) =>
      change(session, (before) => ({
        ...before,
        mine: [question, ...before.mine.filter((each) => each.row.question !== question.row.question)],
      })),
    ),
    city.on("live_qa.order_changed", ({ session, order }) =>
      change(session, (before) => {
        const rank = new Map(order.map((number, i) => [number, i]));
        const at = (row: Words.Question) => rank.get(row.question) ?? order.length;
        return { ...before, questions: [...before.questions].sort((a, b) => at(a) - at(b)) };
      }),
    ),
    city.on("live_qa.poll_changed", ({ session, poll }) => {
      if (poll.state === "open")
        notice(say("qa.poll.opened", { question: of(poll.question) }), "plain", 15_000);
      change(session, (before) => {
        const known = before.poll?.poll === poll.poll ? before.poll : null;
        return { ...before, poll: { ...poll, has_voted: poll.has_voted ?? known?.has_voted } };
      });
    }),
    city.on("live_qa.took_part", ({ session, poll: number }) =>
      change(session, (before) => onPoll(before, number, { has_voted: true })),
    ),
    city.on("live_qa.turnout", ({ session, poll: number, turnout }) =>
      change(session, (before) => onPoll(before, number, { turnout })),
    ),
    city.on("live_qa.floor_changed", ({ session, turn: floor }) =>
      change(session, (before) => ({ ...before, floor: floor ?? null })),
    ),
    city.on("live_qa.counts", ({ session, backers }) =>
      change(session, (before) => {
        const counts = new Map(backers.map(([number, count]) => [number, count]));
        const counted = (row: Words.Question) => ({
          ...row,
          backers:
            row.backers === undefined || row.backers === null
              ? row.backers
              : (counts.get(row.question) ?? row.backers),
        });
        return { ...before, questions: before.questions.map(counted), next: before.next.map(counted) };
      }),
    ),
    city.on("live_qa.place", ({ session, hand }) => change(session, (before) => ({ ...before, hand }))),
    city.on("live_qa.hand_lowered", ({ session }) =>
      change(session, (before) => ({ ...before, hand: null })),
    ),
    city.on("live_qa.turn_changed", ({ session, step, until }) => {
      turn.value = step === "seated" ? null : { session, step, until };
      leftS.value = null;
    }),
    city.on("live_qa.time_signalled", ({ left_s }) => {
      leftS.value = left_s;
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
