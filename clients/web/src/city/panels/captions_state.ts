// Captions of a question time: which channel one follows, and its last lines; chosen once, followed again by itself.
import { signal } from "@preact/signals";
import type { Client, Words } from "madang";

export interface Followed {
  session: string;
  channel: string;
}

/** So many lines are shown: what is said now, and what was said just before. */
const SHOWN = 2;

const KEPT = "madang.captions";

export const followed = signal<Followed | null>(null);
export const lines = signal<Words.CaptionLine[]>([]);

/** The language in which one wants captions wherever they are written; empty for none. */
export function wanted(): string {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

/** Follows a channel from now on, or none; what was shown of another goes. */
export async function choose(city: Client, session: string, channel: string): Promise<void> {
  try {
    localStorage.setItem(KEPT, channel);
  } catch {
    // it is kept for as long as the page is open
  }
  await ask(city, session, channel);
}

async function ask(city: Client, session: string, channel: string): Promise<void> {
  const { channels } = await city.ask("live_qa.follow", { session, channels: channel ? [channel] : [] });
  followed.value = channel ? { session, channel } : null;
  lines.value = channels[0]?.lines.slice(-SHOWN) ?? [];
}

function take(line: Words.CaptionLine): void {
  const others = lines.value.filter((each) => each.line !== line.line);
  const isKnown = others.length < lines.value.length;
  // Of a line that was struck and is shown no more, nothing is to be done.
  if (line.is_struck && !isKnown) return;
  lines.value = [...others, line].sort((a, b) => a.line - b.line).slice(-SHOWN);
}

/** Listens for as long as the client lives; what it returns ends that. */
export function followCaptions(city: Client): () => void {
  /** What was wanted is followed where it is written, and what is over no more. */
  const offered = (session: Words.QuestionTime) => {
    const mine = followed.value;
    const isOver = session.phase === "follow_up" || session.phase === "archived";
    if (mine?.session === session.session && isOver) {
      followed.value = null;
      lines.value = [];
    } else if (
      !mine &&
      !isOver &&
      session.channels.some(({ channel, is_open }) => is_open && channel === wanted())
    )
      void ask(city, session.session, wanted()).catch(() => {});
  };
  const ends = [
    city.on("live_qa.captioned", ({ session, channel, line }) => {
      if (followed.value?.session === session && followed.value.channel === channel) take(line);
    }),
    city.on("live_qa.session_changed", ({ session }) => offered(session)),
    city.on("state", ({ state }) => {
      // The city forgets who follows with their line.
      const mine = followed.value;
      if (state === "here" && mine) void ask(city, mine.session, mine.channel).catch(() => {});
    }),
    city.on("arrived", () => {
      if (!followed.value && wanted())
        void city.ask("live_qa.sessions", {}).then(
          ({ sessions }) => {
            for (const session of sessions) offered(session);
          },
          () => {},
        );
    }),
  ];
  return () => {
    for (const end of ends) end();
    followed.value = null;
    lines.value = [];
  };
}
