// One's own ballots: made here and kept on this device alone, so that a ballot can be sent again, and found in the list.
import { ballotId, type Words } from "madang";

export interface Receipt {
  /** The ballot's id. */
  ballot: string;
  /** The command's key: with it the ballot that was sent first stays, however often it is sent. */
  key: string;
  isCast: boolean;
}

/** For windows that store nothing. */
const held = new Map<string, Receipt>();

/** With its time: another city at this address begins to count anew. */
const nameOf = (session: string, { poll, opened_at }: Words.Poll) =>
  `madang.ballot.${session}.${poll}.${opened_at}`;

export function receiptOf(session: string, poll: Words.Poll): Receipt | null {
  const name = nameOf(session, poll);
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? held.get(name) ?? null;
  } catch {
    return held.get(name) ?? null;
  }
}

function keep(session: string, poll: Words.Poll, receipt: Receipt): Receipt {
  const name = nameOf(session, poll);
  held.set(name, receipt);
  try {
    localStorage.setItem(name, JSON.stringify(receipt));
  } catch {
    // it is kept for as long as the page is open
  }
  return receipt;
}

/** The ballot to send: what was made before, where it is not known whether it arrived. */
export function toCast(session: string, poll: Words.Poll): Receipt {
  const before = receiptOf(session, poll);
  return before ?? keep(session, poll, { ballot: ballotId(), key: crypto.randomUUID(), isCast: false });
}

export function wasCast(session: string, poll: Words.Poll, receipt: Receipt): void {
  keep(session, poll, { ...receipt, isCast: true });
}
