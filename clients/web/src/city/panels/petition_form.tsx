// The form of a new petition. What was written stays in this window until it has arrived, whatever happens meanwhile.
import { signal } from "@preact/signals";
import type { Brought, Words } from "madang";
import { useRef, useState } from "preact/hooks";
import { SendButton } from "../../send_button.tsx";
import { why } from "../session";
import { client, district } from "../state";
import { moment, of, say } from "../texts";
import { Attach, useFiles } from "./attach";
import { Fault, Field } from "./field";
import { InParts } from "./in_parts";
import { type Guide, periodOf } from "./petition_guide";
import type { PanelProps } from "./registry";

const STORED = "madang.petition";

interface Draft {
  kind: string;
  statutory_type: string;
  department: string;
  title: string;
  text: string;
  name: string;
  address: string;
  contact: string;
  publish: boolean;
  joint: boolean;
  here: boolean;
  files: Brought[];
  /** Sent with it, so that it is filed once however often it is sent. */
  key: string;
}

function empty(): Draft {
  return {
    kind: "",
    statutory_type: "",
    department: "",
    title: "",
    text: "",
    name: "",
    address: "",
    contact: "",
    publish: false,
    joint: false,
    here: false,
    files: [],
    key: crypto.randomUUID(),
  };
}

function stored(): Draft {
  try {
    return { ...empty(), ...JSON.parse(sessionStorage.getItem(STORED) ?? "{}") };
  } catch {
    return empty();
  }
}

const draft = signal<Draft>(stored());

function write(more: Partial<Draft>): void {
  // another content is another petition, and has another key
  draft.value = { ...draft.value, ...more, key: crypto.randomUUID() };
  try {
    sessionStorage.setItem(STORED, JSON.stringify(draft.value));
  } catch {
    // kept as long as the page is open, then
  }
}

function clear(): void {
  draft.value = empty();
  try {
    sessionStorage.removeItem(STORED);
  } catch {
    // nothing was kept
  }
}

interface FormProps extends PanelProps {
  guide: Guide;
  show: (petition: string) => void;
}

export function Form({ guide, world, show }: FormProps) {
  const [filed, setFiled] = useState<Words.Filed | null>(null);
  const [fault, setFault] = useState<ReturnType<typeof why> | null>(null);
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const files = useFiles(draft.value.files, (brought) => write({ files: brought }));
  const now = draft.value;
  const kind = guide.kinds.find(({ id }) => id === now.kind);
  const types = guide.types.filter((type) => type.kind === now.kind);
  const at = (name: string) => (fault?.field === name ? fault.text : undefined);
  const needs = (name: string) => kind?.requires.includes(name) ?? false;

  if (filed) {
    return (
      <section class="paper" role="status">
        <h3>{say("pt.filed")}</h3>
        <p>{say("pt.filed_at", { at: moment(filed.arrived_at), by: moment(filed.receive_by) })}</p>
        <p>
          {say("pt.token")}: <code>{filed.token}</code>
        </p>
        <p class="row">
          <button type="button" class="primary" onClick={() => show(filed.petition)}>
            {say("pt.show")}
          </button>
          <button type="button" class="quiet" onClick={() => setFiled(null)}>
            {say("pt.another")}
          </button>
        </p>
      </section>
    );
  }

  const send = async (event: Event) => {
    event.preventDefault();
    setSending(true);
    setFault(null);
    const { key, here, kind: chosen, statutory_type, department, files: brought, ...texts } = draft.value;
    const anchor = district.value?.anchor;
    const place =
      here && anchor
        ? { lat: anchor.lat - world.stride.z / 110_988.286, lon: anchor.lon + world.stride.x / 88_347.202 }
        : undefined;
    try {
      const answer = await client.value!.ask(
        "petitions.file",
        {
          ...texts,
          kind: chosen as Words.PetitionsFile["kind"],
          ...(statutory_type && { statutory_type }),
          ...(department && { department }),
          ...(place && { place }),
          ...(brought.length > 0 && { files: brought.map(({ file }) => file) }),
        },
        { key },
      );
      setFiled(answer);
      clear();
      files.clear();
    } catch (error) {
      setFault(why(error, texts));
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    } finally {
      setSending(false);
    }
  };

  const line = (name: "title" | "name" | "address" | "contact", autocomplete: string) => (
    <Field
      name={name}
      label={say(`pt.${name}`)}
      fault={at(name)}
      hint={needs(name) ? say("required") : undefined}
    >
      {(aria) => (
        <input
          {...aria}
          dir="auto"
          maxLength={400}
          value={now[name]}
          autocomplete={autocomplete}
          onInput={(event) => write({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  const choice = (
    name: "statutory_type" | "department",
    label: string,
    among: [id: string, name: string][],
  ) => (
    <Field name={name} label={label} fault={at(name)}>
      {(aria) => (
        <select
          {...aria}
          value={now[name]}
          onChange={(event) => write({ [name]: event.currentTarget.value })}
        >
          <option value="">{say("none")}</option>
          {among.map(([id, called]) => (
            <option key={id} value={id}>
              {called}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  const isElsewhere =
    fault &&
    !["kind", "statutory_type", "department", "title", "text", "name", "address", "contact"].includes(
      fault.field ?? "",
    ) &&
    !fault.field?.startsWith("files");
  return (
    <form ref={form} onSubmit={(event) => void send(event)}>
      <InParts>
        <Field
          name="kind"
          label={say("pt.kind")}
          fault={at("kind")}
          hint={kind && `${say("pt.period", { period: periodOf(kind.period) })} · ${of(kind.basis)}`}
        >
          {(aria) => (
            <select
              {...aria}
              value={now.kind}
              required
              onChange={(event) => write({ kind: event.currentTarget.value, statutory_type: "" })}
            >
              <option value="" disabled />
              {guide.kinds.map(({ id, name }) => (
                <option key={id} value={id}>
                  {of(name)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {types.length > 0 &&
          choice(
            "statutory_type",
            say("pt.type"),
            types.map(({ id, name, period }) => [id, `${of(name)} (${periodOf(period)})`]),
          )}
        {line("title", "off")}
        <Field name="text" label={say("pt.text")} fault={at("text")}>
          {(aria) => (
            <textarea
              {...aria}
              dir="auto"
              rows={6}
              maxLength={8000}
              value={now.text}
              onInput={(event) => write({ text: event.currentTarget.value })}
            />
          )}
        </Field>
        <Attach files={files} fault={fault?.field?.startsWith("files") ? fault.text : undefined} />
        {line("name", "name")}
        {line("address", "street-address")}
        {line("contact", "tel")}
        {choice(
          "department",
          say("pt.department"),
          guide.departments.map(({ id, name }) => [id, of(name)]),
        )}
        {(["here", "publish", "joint"] as const).map((name) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              name={name}
              checked={now[name]}
              onChange={(event) => write({ [name]: event.currentTarget.checked })}
            />
            <span>{say(name === "here" ? "pt.place_here" : `pt.${name}`)}</span>
          </label>
        ))}
        <Fault id="petition_fault" fault={isElsewhere ? fault.text : undefined} />
        <p class="row">
          <SendButton waits={isSending || files.isComing}>{say("pt.submit")}</SendButton>
          <small>{say("pt.saved")}</small>
        </p>
      </InParts>
    </form>
  );
}
