// Being safe here: room around oneself, whom one blocks, a safe place; what was decided against oneself, and the appeal.
import type { Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { SendButton } from "../../send_button.tsx";
import { attempt, why } from "../session";
import { client, open } from "../state";
import { day, type Key, moment, of, say } from "../texts";
import { travel } from "../travel";
import { Fault, Field } from "./field";
import { HaveRead } from "./have_read";
import { InParts } from "./in_parts";
import {
  nameOfBlocked,
  nameOfReason,
  noteSanction,
  protection,
  restraints,
  safePlace,
  sanctions,
} from "./safety_state";

/** Characters of an appeal (worlds/services/moderation). */
const MOST_WORDS = 500;

export function Safety() {
  const [reports, setReports] = useState<readonly Words.OwnReport[]>([]);
  const [fault, setFault] = useState("");
  const city = client.value!;
  useEffect(() => {
    const ask = async () => {
      try {
        let after: string | undefined;
        const mine: Words.OwnReport[] = [];
        do {
          const page = await city.ask("moderation.mine", after ? { after } : {});
          protection.value = page.protection;
          for (const one of [...page.sanctions].reverse()) noteSanction(one);
          mine.push(...page.reports);
          after = page.next ?? undefined;
        } while (after);
        setReports(mine);
      } catch (error) {
        setFault(why(error).text);
      }
    };
    void ask();
    return city.on("moderation.report_closed", () => void ask());
  }, [city]);

  const { blocked, bubble, bubble_m } = protection.value;
  const place = safePlace.value;
  const isVisitor = city.citizen.roles.includes("visitor");
  return (
    <InParts>
      <Fault id="safety_fault" fault={fault || undefined} />
      {restraints.value.map((one) => (
        <Case key={one.sanction} one={one} />
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={bubble}
          onChange={(event) =>
            void attempt(city.ask("moderation.bubble", { on: event.currentTarget.checked }))
          }
        />
        <span>
          {say("safety.bubble")}
          <small>{say("safety.bubble_told", { m: bubble_m })}</small>
        </span>
      </label>
      <p class="row">
        {place && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              open.value = null;
              void travel(place.district, place.zone ? { zone: place.zone } : undefined);
            }}
          >
            {say("safety.leave")}
          </button>
        )}
        <button
          type="button"
          class="quiet"
          onClick={() => {
            open.value = "people";
          }}
        >
          {say("safety.report_someone")}
        </button>
      </p>
      <h3>{say("safety.blocked_list")}</h3>
      {isVisitor && <p class="soft">{say("safety.block_visitor")}</p>}
      {!isVisitor && !blocked.length && <p class="soft">{say("safety.blocked_none")}</p>}
      <ul class="rows">
        {blocked.map((citizen) => (
          <li key={citizen}>
            <bdi>{nameOfBlocked(citizen)}</bdi>
            <button
              type="button"
              class="quiet"
              aria-label={`${say("safety.unblock")}: ${nameOfBlocked(citizen)}`}
              onClick={() =>
                void attempt(city.ask("moderation.block", { citizen, on: false }), say("safety.unblocked"))
              }
            >
              {say("safety.unblock")}
            </button>
          </li>
        ))}
      </ul>
      <h3>{say("safety.reports")}</h3>
      {!reports.length && <p class="soft">{say("safety.reports_none")}</p>}
      <ul class="rows">
        {reports.map(({ report, reason, at, state }) => (
          <li key={report}>
            <span>
              {nameOfReason(reason)} <small>{moment(at)}</small>
            </span>
            <b>{say(`safety.report_state.${state}` as Key)}</b>
          </li>
        ))}
      </ul>
      <h3>{say("safety.sanctions")}</h3>
      {!sanctions.value.length && <p class="soft">{say("safety.sanctions_none")}</p>}
      {sanctions.value
        .filter((one) => !restraints.value.includes(one))
        .map((one) => (
          <Case key={one.sanction} one={one} />
        ))}
      <p class="soft">{say("safety.never_kept")}</p>
    </InParts>
  );
}

/** What was decided, why, where and until when; and the appeal, or what became of it. */
function Case({ one }: { one: Words.OwnSanction }) {
  const { sanction, kind, scope, words, rules, at, until, state, appeal } = one;
  const city = client.value!;
  const where = city.welcome?.city.districts.find(({ id }) => id === scope.split("/")[0])?.name;
  const mayAppeal = !appeal && kind !== "note" && city.serverTime < one.appeal_until;
  return (
    <article class={state === "in_force" ? "paper case" : "case"}>
      <h4>
        {say(`sanction.${kind}` as Key)} <small>{say(`sanction.state.${state}` as Key)}</small>
      </h4>
      <dl class="facts">
        <dt>{say("safety.reason")}</dt>
        <dd>
          {of(one.reason_name)}
          {words && (
            <>
              : <q dir="auto">{words}</q>
            </>
          )}
        </dd>
        <dt>{say("safety.scope")}</dt>
        <dd>{where ? of(where) : say("safety.scope_city")}</dd>
        <dt>{say("safety.since")}</dt>
        <dd>{moment(at)}</dd>
        <dt>{say("safety.until")}</dt>
        <dd>{moment(until)}</dd>
        <dt>{say("safety.rules")}</dt>
        <dd>
          {rules} · {sanction}
        </dd>
      </dl>
      {kind === "warn" && state === "in_force" && !one.is_acknowledged && <HaveRead sanction={sanction} />}
      {appeal && (
        <p>
          <b>{say(`safety.appeal.${appeal.state}` as Key)}</b>{" "}
          {appeal.words && <q dir="auto">{appeal.words}</q>}
        </p>
      )}
      {mayAppeal && <Appeal one={one} />}
    </article>
  );
}

function Appeal({ one }: { one: Words.OwnSanction }) {
  const [text, setText] = useState("");
  const [fault, setFault] = useState("");
  const [answerBy, setAnswerBy] = useState(0);
  const [isSending, setSending] = useState(false);
  if (answerBy) return <p role="status">{say("safety.appealed", { by: moment(answerBy) })}</p>;
  const send = async (event: Event) => {
    event.preventDefault();
    if (isSending) return;
    if (!text.trim()) {
      setFault(say("safety.appeal_missing"));
      return;
    }
    setSending(true);
    try {
      const done = await client.value!.ask("moderation.appeal", {
        sanction: one.sanction,
        text: text.trim(),
      });
      setAnswerBy(done.answer_by);
    } catch (error) {
      setFault(why(error).text);
    } finally {
      setSending(false);
    }
  };
  return (
    <details>
      <summary>{say("safety.appeal")}</summary>
      <form onSubmit={(event) => void send(event)}>
        <Field
          name={`appeal_${one.sanction}`}
          label={say("safety.appeal_text")}
          hint={say("safety.appeal_hint", { day: day(one.appeal_until) })}
          fault={fault || undefined}
        >
          {(aria) => (
            <textarea
              {...aria}
              rows={4}
              dir="auto"
              maxLength={MOST_WORDS}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <SendButton waits={isSending}>{say("safety.appeal_send")}</SendButton>
      </form>
    </details>
  );
}
