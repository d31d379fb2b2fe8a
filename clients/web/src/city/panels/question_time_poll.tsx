// A secret poll: choose, look at it once more, cast it for good; afterwards the result, and whether one's ballot is in it.
import type { Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { SendButton } from "../../send_button.tsx";
import { why } from "../session";
import { client } from "../state";
import { type Key, of, say } from "../texts";
import { Fault } from "./field";
import { receiptOf, toCast, wasCast } from "./poll_receipts";

interface PollProps {
  session: string;
  poll: Words.Poll;
}

export function Poll({ session, poll }: PollProps) {
  return (
    <section class="poll">
      <h4>{say("qa.poll")}</h4>
      <p>
        <b>{of(poll.question)}</b>
      </p>
      <p class="soft">
        {say(poll.is_binding ? "qa.poll.binding" : "qa.poll.not_binding")} ·{" "}
        {say(`qa.poll.for.${poll.eligible}` as Key)} · {say("qa.poll.secret")}
      </p>
      {poll.state === "open" ? (
        <Open session={session} poll={poll} />
      ) : (
        <Outcome session={session} poll={poll} />
      )}
    </section>
  );
}

const mayTakePart = ({ eligible }: Words.Poll, level: number) =>
  level >= (eligible === "resident" ? 3 : eligible === "verified" ? 2 : 0);

function Open({ session, poll }: PollProps) {
  const city = client.value!;
  const [now, setNow] = useState(city.serverTime);
  useEffect(() => {
    const timer = setInterval(() => setNow(city.serverTime), 1000);
    return () => clearInterval(timer);
  }, [city]);
  const leftS = Math.max(0, Math.round((poll.closes_at - now) / 1000));
  const receipt = receiptOf(session, poll);
  const hasVoted = poll.has_voted === true || receipt?.isCast === true;
  return (
    <>
      <p class="soft">
        {say("qa.poll.turnout", { n: poll.turnout })} · {say("qa.poll.left", { s: leftS })}
      </p>
      {hasVoted ? (
        <>
          <p role="status">{say("qa.poll.cast_done")}</p>
          {receipt && <Receipt ballot={receipt.ballot} />}
        </>
      ) : mayTakePart(poll, city.welcome?.citizen.level ?? 0) ? (
        <Choosing session={session} poll={poll} />
      ) : (
        <p>{say("qa.poll.not_yours")}</p>
      )}
    </>
  );
}

function Choosing({ session, poll }: PollProps) {
  const [chosen, setChosen] = useState<number[]>([]);
  const [isSure, setSure] = useState(false);
  const [isSending, setSending] = useState(false);
  const [fault, setFault] = useState<string>();
  const isOne = poll.most === 1;
  const choose = (answer: number, on: boolean) =>
    setChosen((before) =>
      isOne ? [answer] : on ? [...before, answer] : before.filter((each) => each !== answer),
    );
  const cast = async () => {
    if (isSending) return;
    setSending(true);
    setFault(undefined);
    const receipt = toCast(session, poll);
    try {
      const command = { session, poll: poll.poll, ballot: receipt.ballot, choices: chosen };
      await client.value!.ask("live_qa.cast", command, { key: receipt.key });
      wasCast(session, poll, receipt);
    } catch (error) {
      setFault(why(error).text);
      setSure(false);
    } finally {
      setSending(false);
    }
  };
  if (isSure)
    return (
      <fieldset>
        <legend>{say("qa.poll.sure")}</legend>
        <ul>
          {poll.answers
            .filter(({ answer }) => chosen.includes(answer))
            .map(({ answer, text }) => (
              <li key={answer}>
                <b>{of(text)}</b>
              </li>
            ))}
        </ul>
        <p class="row">
          <button type="button" class="primary" aria-disabled={isSending} onClick={() => void cast()}>
            {say("qa.poll.cast")}
          </button>
          <button
            type="button"
            class="quiet"
            aria-disabled={isSending}
            onClick={() => isSending || setSure(false)}
          >
            {say("qa.poll.back")}
          </button>
        </p>
      </fieldset>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setSure(true);
      }}
    >
      <fieldset>
        <legend>{isOne ? say("qa.poll.choose_one") : say("qa.poll.choose_some", { n: poll.most })}</legend>
        {poll.answers.map(({ answer, text }) => (
          <label key={answer} class="answer">
            <input
              type={isOne ? "radio" : "checkbox"}
              name={`poll_${poll.poll}`}
              checked={chosen.includes(answer)}
              disabled={!isOne && !chosen.includes(answer) && chosen.length >= poll.most}
              onChange={(event) => choose(answer, event.currentTarget.checked)}
            />{" "}
            {of(text)}
          </label>
        ))}
      </fieldset>
      <Fault id="poll_fault" fault={fault} />
      <SendButton waits={!chosen.length}>{say("qa.poll.look")}</SendButton>
    </form>
  );
}

function Receipt({ ballot }: { ballot: string }) {
  return (
    <p class="soft">
      {say("qa.poll.receipt")} <code class="receipt">{ballot}</code>
    </p>
  );
}

/** What came of a poll; of a counted one the votes. */
export function Outcome({ session, poll }: PollProps) {
  const all = poll.ballots ?? 0;
  return (
    <>
      <p role="status">
        {say(`qa.poll.state.${poll.state}` as Key)} · {say("qa.poll.turnout", { n: poll.turnout })}
      </p>
      {poll.state === "counted" && (
        <ul class="votes">
          {poll.answers.map(({ answer, text, votes }) => (
            <li key={answer} style={{ "--share": `${((votes ?? 0) / all) * 100}%` }}>
              <span>{of(text)}</span>{" "}
              <b>{say("qa.poll.votes", { n: votes ?? 0, share: Math.round(((votes ?? 0) / all) * 100) })}</b>
            </li>
          ))}
        </ul>
      )}
      {poll.digest && <Proof session={session} poll={poll} />}
    </>
  );
}

/** Whether the ballot of this device is in the published list; the list for whoever kept a receipt elsewhere. */
function Proof({ session, poll }: PollProps) {
  const [found, setFound] = useState<Key>();
  const receipt = receiptOf(session, poll);
  const at = `/api/question-times/${session}/polls/${poll.poll}/ballots.txt`;
  const look = async () => {
    try {
      const list = await fetch(at).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer)));
      setFound(list.split("\n").includes(receipt!.ballot) ? "qa.poll.found" : "qa.poll.not_found");
    } catch {
      setFound("qa.poll.no_list");
    }
  };
  return (
    <>
      {receipt && (
        <>
          <Receipt ballot={receipt.ballot} />
          <p>
            <button type="button" class="quiet" onClick={() => void look()}>
              {say("qa.poll.find")}
            </button>{" "}
            <span role="status">{found && say(found)}</span>
          </p>
        </>
      )}
      <p>
        <a href={at} download>
          {say("qa.poll.list", { n: poll.ballots ?? 0 })}
        </a>
      </p>
    </>
  );
}
