// One other citizen: walking up, writing to them, reporting, blocking. What was seen and heard goes with a report by itself.
import { useEffect, useRef, useState } from "preact/hooks";
import { SendButton } from "../../send_button.tsx";
import { attempt, why } from "../session";
import { client, companion, lines, people, whisper } from "../state";
import { type Key, say } from "../texts";
import { Fault, Field } from "./field";
import type { PanelProps } from "./registry";
import { type Chosen, nameOfReason, person, protection, reasons, remember } from "./safety_state";

const ROLES = ["operator", "host", "moderator", "official", "citizen"] as const;

/** The role by which someone is known. */
export function roleOf(roles: readonly string[]): string {
  return ROLES.find((each) => roles.some((one) => one.split("@")[0] === each)) ?? "visitor";
}

/** Characters of a report's own words (worlds/services/moderation). */
const MOST_WORDS = 500;

export function PersonCard({ chosen, world }: PanelProps & { chosen: Chosen }) {
  const [isReporting, setReporting] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [chosen.citizen]);
  const near = people.value.find(({ citizen }) => citizen === chosen.citizen);
  const isBlocked = protection.value.blocked.includes(chosen.citizen);
  const mayBlock = !client.value?.citizen.roles.includes("visitor");

  const block = () => {
    remember(chosen.citizen, chosen.name);
    void attempt(
      client.value!.ask("moderation.block", { citizen: chosen.citizen, on: !isBlocked }),
      say(isBlocked ? "safety.unblocked" : "safety.blocked"),
    );
  };

  return (
    <article class="person">
      <p class="row">
        <button
          type="button"
          class="quiet"
          onClick={() => {
            person.value = null;
          }}
        >
          ← {say("people.all")}
        </button>
      </p>
      <h3 ref={heading} tabIndex={-1}>
        <bdi>{chosen.name}</bdi>
      </h3>
      <p class="soft">
        {near
          ? `${say(`role.${roleOf(near.roles)}` as Key)} · ${say("people.metres", { m: near.metres })}`
          : say("people.gone")}
      </p>
      <p class="row">
        {near && (
          <button type="button" class="quiet" onClick={() => walkUp(world, near.slot)}>
            {say("people.walk")}
          </button>
        )}
        <button
          type="button"
          class="quiet"
          disabled={isBlocked}
          onClick={() => {
            whisper.value = { citizen: chosen.citizen, name: chosen.name };
          }}
        >
          {say("people.whisper")}
        </button>
        {mayBlock && (
          <button type="button" class="quiet" aria-pressed={isBlocked} onClick={block}>
            {say(isBlocked ? "safety.unblock" : "safety.block")}
          </button>
        )}
        <button
          type="button"
          class="quiet"
          aria-expanded={isReporting}
          onClick={() => setReporting(!isReporting)}
        >
          {say("safety.report")}
        </button>
      </p>
      <p class="soft">{say(mayBlock ? "safety.block_told" : "safety.block_visitor")}</p>
      {isReporting && <Report chosen={chosen} />}
    </article>
  );
}

/** Goes and stands before someone. */
export function walkUp(world: PanelProps["world"], slot: number): void {
  const other = [...(client.value?.others() ?? [])].find((one) => one.slot === slot);
  if (!other) return;
  companion.value = client.value?.cards.of(slot)?.citizen ?? null;
  world.goTo(other.x + Math.sin(other.yaw) * 1.2, other.z + Math.cos(other.yaw) * 1.2);
}

function Report({ chosen }: { chosen: Chosen }) {
  const [reason, setReason] = useState("");
  const [words, setWords] = useState("");
  const [fault, setFault] = useState<ReturnType<typeof why> | null>(null);
  const [number, setNumber] = useState("");
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const said = lines.value.find(({ key }) => key === chosen.message);
  if (number) {
    return (
      <p class="paper" role="status">
        {say("safety.reported", { number })}
      </p>
    );
  }
  const at = (name: string) => (fault?.field === name ? fault.text : undefined);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isSending) return;
    if (!reason) {
      setFault({ field: "reason", text: say("safety.reason_missing") });
      form.current?.querySelector<HTMLElement>("select")?.focus();
      return;
    }
    setSending(true);
    setFault(null);
    try {
      const done = await client.value!.ask("moderation.report", {
        citizen: chosen.citizen,
        ...(chosen.message && { message: chosen.message }),
        reason,
        words: words.trim(),
      });
      setNumber(done.report);
    } catch (error) {
      setFault(why(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <form ref={form} class="ask" onSubmit={(event) => void send(event)}>
      <h4>{say(said ? "safety.report_line" : "safety.report_person")}</h4>
      {said && <q dir="auto">{said.text}</q>}
      <Field name="reason" label={say("safety.reason")} fault={at("reason")}>
        {(aria) => (
          <select {...aria} value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
            <option value="">{say("safety.choose")}</option>
            {Object.keys(reasons.value).map((code) => (
              <option key={code} value={code}>
                {nameOfReason(code)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field name="words" label={say("safety.words")} fault={at("words")} hint={say("safety.words_hint")}>
        {(aria) => (
          <textarea
            {...aria}
            rows={3}
            dir="auto"
            maxLength={MOST_WORDS}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        )}
      </Field>
      <p class="soft">{say("safety.evidence")}</p>
      <Fault id="report_fault" fault={fault && !at("reason") && !at("words") ? fault.text : undefined} />
      <SendButton kind="danger" waits={isSending}>
        {say("safety.send")}
      </SendButton>
    </form>
  );
}
