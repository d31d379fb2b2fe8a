// One petition of one's own: where it stands, until when, what happened, and what one may do about it now.
import type { Words } from "madang";
import { useEffect, useRef, useState } from "preact/hooks";
import { written as writtenWith } from "../../petition_step";
import { SendButton } from "../../send_button.tsx";
import { attempt, why } from "../session";
import { client, notice } from "../state";
import { type Key, moment, of, say, sayMaybe } from "../texts";
import { Attach, Attached, useFiles } from "./attach";
import { Fault } from "./field";
import { type Guide, nameOf } from "./petition_guide";

const ENDED = new Set([
  "answered",
  "granted",
  "rejected",
  "returned",
  "not_processed",
  "withdrawn",
  "deemed_withdrawn",
  "upheld",
  "dismissed",
  "closed_transferred",
  "closed_repeat",
  "closed_uncollected",
]);
const RATED = new Set(["answered", "granted", "rejected", "upheld", "dismissed"]);

interface OneProps {
  petition: string;
  guide: Guide;
  back: () => void;
}

export function One({ petition, guide, back }: OneProps) {
  const city = client.value!;
  const [shown, setShown] = useState<Words.PetitionShown | null>(null);
  const [fault, setFault] = useState("");
  // Steps come in bunches: of several answers on the way, the one asked for last stands.
  const newest = useRef(0);
  const load = async () => {
    const turn = ++newest.current;
    try {
      const told = await city.ask("petitions.show", { petition });
      if (turn !== newest.current) return;
      setShown(told);
      setFault("");
    } catch (error) {
      if (turn === newest.current) setFault(why(error).text);
    }
  };
  useEffect(() => {
    void load();
    const stops = [
      city.on("petitions.noticed", ({ notice: told }) => {
        if (told.petition === petition) void load();
      }),
      // what was told while the line was gone for good is not told again
      city.on("state", ({ state, resumed }) => {
        if (state === "here" && !resumed) void load();
      }),
    ];
    return () => {
      newest.current++;
      for (const stop of stops) stop();
    };
  }, [petition]);
  const more = async () => {
    const page = await city.ask("petitions.show", { petition, after: shown!.next! });
    setShown({ ...shown!, history: [...shown!.history, ...page.history], next: page.next ?? null });
  };
  return (
    <>
      <button type="button" class="quiet" onClick={back}>
        ← {say("back")}
      </button>
      {fault && (
        <p role="alert" class="bad">
          {fault}
        </p>
      )}
      {!shown && !fault && <p class="soft">{say("panel.loading")}</p>}
      {shown && (
        <>
          <h3 dir="auto">{shown.written?.title || nameOf(guide.kinds, shown.card.kind)}</h3>
          <dl class="facts">
            <dt>{shown.card.number ? say("pt.number", { n: shown.card.number }) : say("pt.no_number")}</dt>
            <dd>
              <b>{nameOf(guide.states, shown.card.state)}</b>
            </dd>
            {shown.card.due_at && !shown.card.ended_at && (
              <>
                <dt>{say("pt.due_at")}</dt>
                <dd>
                  {moment(shown.card.due_at)} {shown.card.overdue && <b class="bad">{say("pt.overdue")}</b>}
                </dd>
              </>
            )}
            {shown.card.department && (
              <>
                <dt>{say("pt.officer")}</dt>
                <dd>
                  {nameOf(guide.departments, shown.card.department)} {shown.card.officer?.name}{" "}
                  {shown.card.officer?.contact}
                </dd>
              </>
            )}
          </dl>
          <Acts shown={shown} changed={load} />
          <h4>{say("pt.history")}</h4>
          <ol class="history">
            {shown.history.map((step) => (
              <Step key={step.step} petition={petition} step={step} />
            ))}
          </ol>
          {shown.next && (
            <button type="button" class="quiet" onClick={() => void attempt(more())}>
              {say("more")}
            </button>
          )}
          {shown.written && (
            <details>
              <summary>{say("pt.written")}</summary>
              <p class="paper" dir="auto">
                {shown.written.text}
              </p>
              <Attached petition={petition} files={shown.files ?? []} />
            </details>
          )}
        </>
      )}
    </>
  );
}

function Step({ petition, step }: { petition: string; step: Words.HistoryCard }) {
  const text = writtenWith(step);
  return (
    <li>
      <time dateTime={new Date(step.when).toISOString()}>{moment(step.when)}</time>
      <span>
        {of(step.message)} <small>{sayMaybe(`pt.by.${step.by}`, "")}</small>
      </span>
      {text && (
        <p class="paper" dir="auto">
          {text}
        </p>
      )}
      <Attached petition={petition} files={step.files ?? []} />
    </li>
  );
}

function Acts({ shown, changed }: { shown: Words.PetitionShown; changed: () => Promise<void> }) {
  const city = client.value!;
  const { petition, state } = shown.card;
  const [isSure, setSure] = useState(false);
  const act = async (asked: Promise<unknown>, done: Key = "pt.done") => {
    if (await attempt(asked, say(done))) await changed();
  };
  const isOpen = !ENDED.has(state);
  const wasRated = shown.history.some(({ what }) => what === "rated");
  return (
    <section class="acts">
      <h4>{say("pt.do")}</h4>
      {(shown.pending === "correction" || shown.pending === "extension") && (
        <div class="paper">
          <p>{say(`pt.consent.${shown.pending}`)}</p>
          <p class="row">
            {[true, false].map((agrees) => (
              <button
                key={String(agrees)}
                type="button"
                class={agrees ? "primary" : "quiet"}
                onClick={() =>
                  void act(
                    city.ask("petitions.consent", { petition, to: shown.pending as "correction", agrees }),
                  )
                }
              >
                {say(agrees ? "pt.agree" : "pt.disagree")}
              </button>
            ))}
          </p>
        </div>
      )}
      {state === "supplement" && (
        <>
          {shown.until && <p>{say("pt.due", { day: moment(shown.until) })}</p>}
          <Write
            label="pt.supplement"
            button="pt.supplement_send"
            takesFiles
            send={(text, files) => city.ask("petitions.answer_supplement", { petition, text, files })}
            done={changed}
          />
          <Days send={(days) => city.ask("petitions.ask_longer", { petition, days })} done={changed} />
        </>
      )}
      {shown.card.overdue && isOpen && (
        <Write
          label="pt.demand"
          button="pt.demand"
          send={(text) => city.ask("petitions.demand", { petition, text })}
          done={changed}
        />
      )}
      {state === "rejected" && (
        <Objection petition={petition} written={shown.written ?? null} done={changed} />
      )}
      {RATED.has(state) && !wasRated && <Rating petition={petition} done={changed} />}
      {RATED.has(state) && wasRated && (
        <Write
          label="pt.more_text"
          button="pt.more_send"
          send={(text) => city.ask("petitions.ask_more", { petition, text })}
          done={changed}
        />
      )}
      {isOpen && (
        <p class="row">
          <button
            type="button"
            class="quiet"
            onClick={() => void act(city.ask("petitions.ask_progress", { petition }), "pt.progress_asked")}
          >
            {say("pt.progress")}
          </button>
          <button
            type="button"
            class={isSure ? "danger" : "quiet"}
            onClick={() => (isSure ? void act(city.ask("petitions.withdraw", { petition })) : setSure(true))}
          >
            {say(isSure ? "pt.withdraw_sure" : "pt.withdraw")}
          </button>
        </p>
      )}
    </section>
  );
}

interface WriteProps {
  label: Key;
  button: Key;
  takesFiles?: boolean;
  send: (text: string, files: string[]) => Promise<unknown>;
  done: () => Promise<void>;
}

/** A text and the button that sends it; what is refused is told here, and the text stays. */
function Write({ label, button, takesFiles, send, done }: WriteProps) {
  const files = useFiles();
  const [text, setText] = useState("");
  const [fault, setFault] = useState("");
  const [isSending, setSending] = useState(false);
  const id = `write_${label.replace(".", "_")}`;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isSending) return;
        setSending(true);
        send(text, files.ids)
          .then(
            () => {
              files.clear();
              setText((now) => (now === text ? "" : now));
              setFault("");
              notice(say("pt.done"), "good");
              return done();
            },
            (error) => setFault(why(error).text),
          )
          .finally(() => setSending(false));
      }}
    >
      <label class="field" for={id}>
        <span>{say(label)}</span>
      </label>
      <textarea
        id={id}
        dir="auto"
        rows={3}
        value={text}
        aria-invalid={Boolean(fault)}
        aria-describedby={`${id}_fault`}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Fault id={`${id}_fault`} fault={fault} />
      {takesFiles && <Attach files={files} />}
      <p>
        <SendButton waits={isSending || files.isComing || !text.trim()}>{say(button)}</SendButton>
      </p>
    </form>
  );
}

function Days({ send, done }: { send: (days: number) => Promise<unknown>; done: () => Promise<void> }) {
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        const days = Number(new FormData(event.currentTarget).get("days"));
        void attempt(send(days), say("pt.done")).then(done);
      }}
    >
      <label class="inline">
        {say("pt.longer")} <input type="number" name="days" min={1} max={366} required defaultValue="5" />
      </label>
      <button type="submit" class="quiet">
        {say("pt.longer_send")}
      </button>
    </form>
  );
}

function Rating({ petition, done }: { petition: string; done: () => Promise<void> }) {
  const [stars, setStars] = useState(0);
  const [text, setText] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(
          client.value!.ask("petitions.rate", { petition, stars, ...(text.trim() && { text: text.trim() }) }),
          say("pt.rated"),
        ).then(done);
      }}
    >
      <fieldset class="stars">
        <legend>{say("pt.rate")}</legend>
        {[1, 2, 3, 4, 5].map((n) => (
          <label key={n} class={n <= stars ? "on" : ""}>
            <input
              type="radio"
              name="stars"
              value={n}
              checked={stars === n}
              aria-label={say("pt.stars", { n })}
              onChange={() => setStars(n)}
            />
            <span aria-hidden="true">★</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{say("pt.rate_text")}</span>
        <textarea dir="auto" rows={2} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <p>
        <SendButton waits={!stars}>{say("pt.rate_send")}</SendButton>
      </p>
    </form>
  );
}

function Objection({
  petition,
  written,
  done,
}: {
  petition: string;
  written: Words.Written | null;
  done: () => Promise<void>;
}) {
  const files = useFiles();
  const [text, setText] = useState("");
  const [decision, setDecision] = useState("");
  const [rejectedOn, setDay] = useState(
    new Date(client.value!.serverTime + 9 * 3_600_000).toISOString().slice(0, 10),
  );
  const [fault, setFault] = useState("");
  const [isSending, setSending] = useState(false);
  return (
    <details>
      <summary>{say("pt.object")}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isSending) return;
          setSending(true);
          client
            .value!.ask("petitions.object", {
              petition,
              text,
              decision,
              rejected_on: rejectedOn,
              name: written?.name ?? "",
              address: written?.address ?? "",
              contact: written?.contact ?? "",
              files: files.ids,
            })
            .then(
              () => {
                notice(say("pt.done"), "good");
                return done();
              },
              (error) => setFault(why(error).text),
            )
            .finally(() => setSending(false));
        }}
      >
        <label class="field">
          <span>{say("pt.object_day")}</span>
          <input type="date" value={rejectedOn} onInput={(event) => setDay(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{say("pt.object_decision")}</span>
          <textarea
            dir="auto"
            rows={2}
            value={decision}
            onInput={(event) => setDecision(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>{say("pt.object_text")}</span>
          <textarea
            dir="auto"
            rows={4}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <Fault id="object_fault" fault={fault} />
        <Attach files={files} />
        <p>
          <SendButton waits={isSending || files.isComing || !text.trim()}>{say("pt.object_send")}</SendButton>
        </p>
      </form>
    </details>
  );
}
