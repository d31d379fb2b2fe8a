// One is called to the stage: told over everything, whatever is open, so that nothing written is put away for it.
import { useEffect, useState } from "preact/hooks";
import { leftS, turn } from "../panels/question_time_state";
import { attempt } from "../session";
import { client } from "../state";
import { type Key, say } from "../texts";

export function Turn() {
  const [, tick] = useState(0);
  const mine = turn.value;
  useEffect(() => {
    if (!mine) return;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [mine]);
  if (!mine) return null;
  const { session, step, until } = mine;
  const city = client.value!;
  const left = until ? Math.max(0, Math.round((until - city.serverTime) / 1000)) : 0;
  const answer = (accept: boolean) => void attempt(city.ask("live_qa.take_floor", { session, accept }));
  return (
    <div class="turn">
      <Told key={step} text={say(`qa.turn.${step}` as Key, { s: left })} />
      <p aria-hidden="true">{say(`qa.turn.${step}` as Key, { s: left })}</p>
      {leftS.value !== null && <p role="status">{say("qa.left", { s: leftS.value })}</p>}
      {(step === "invited" || step === "on_deck") && (
        <p class="row">
          <button type="button" class="primary" onClick={() => answer(true)}>
            {say(step === "invited" ? "qa.turn.accept" : "qa.turn.ready")}
          </button>
          <button type="button" class="quiet" onClick={() => answer(false)}>
            {say("qa.turn.decline")}
          </button>
        </p>
      )}
    </div>
  );
}

/** For who listens: once a step, and not with every second. */
function Told({ text }: { text: string }) {
  const [first] = useState(text);
  return (
    <p class="unseen" role="alert">
      {first}
    </p>
  );
}
