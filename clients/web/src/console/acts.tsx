// What can be done: acts with their keys, the form that an act may need, and what the city said to it.
import { type Commands, Refused, type Words } from "madang";
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { SendButton } from "../send_button.tsx";
import { Attach } from "./attach.tsx";
import type { City } from "./city.ts";
import { inKorean } from "./reasons.ts";
import { fromLocal, type Speech, toLocal, useSpeech, type Word } from "./speech.tsx";

export interface Field {
  /** As the city names it in a refusal: `text.ko` is the field `ko` of `text`. */
  name: string;
  label: Word;
  kind?: "line" | "text" | "choice" | "number" | "tick" | "moment" | "day" | "files";
  choices?: readonly (string | { value: string; text: string | Words.Text })[];
  is_optional?: boolean;
  /** What it means that nothing is chosen. */
  none?: Word;
  value?: string | number | boolean | undefined;
}

/** One thing that can be done; with fields, a form asks for them first. */
export interface Act {
  key: string;
  label: Word;
  kind?: "good" | "bad";
  fields?: Field[];
  /** Asked before it is done, where it cannot be undone. */
  asks?: Word;
  /** Whose files its form brings, where it asks for some. */
  city?: City;
  /** What it is done to, as the form shows it: the page behind it is dim. */
  about?: string;
  does(values: Record<string, unknown>): Promise<unknown>;
}

interface Acting {
  act(act: Act): void;
  say(text: string, isBad?: boolean): void;
}

const Context = createContext<Acting | undefined>(undefined);

export function useActing(): Acting {
  const acting = useContext(Context);
  if (!acting) throw new Error("nothing can be done here");
  return acting;
}

/** The act that gives one command; what the form asked for is added to its fields. */
export function command<T extends keyof Commands>(
  city: City,
  type: T,
  fields: Partial<Commands[T]["asks"]>,
): Act["does"] {
  return (values) => city.ask(type, { ...fields, ...values } as Commands[T]["asks"]);
}

export function ActingProvider({ children }: { children: ComponentChildren }) {
  const speech = useSpeech();
  const { t } = speech;
  const [asking, setAsking] = useState<Act>();
  const [said, setSaid] = useState<{ text: string; isBad: boolean }>();
  const acting = useMemo((): Acting => {
    const say = (text: string, isBad = false) => setSaid({ text, isBad });
    return {
      say,
      act(act) {
        if (act.fields?.length || act.asks) setAsking(act);
        else
          act.does({}).then(
            () => say(t("act_done", { act: t(act.label) })),
            (error) => say(reason(error, speech), true),
          );
      },
    };
  }, [speech, t]);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), said.isBad ? 12_000 : 4000);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Context.Provider value={acting}>
      {children}
      {asking && (
        <Form
          key={asking.label}
          act={asking}
          close={(done) => {
            setAsking(undefined);
            if (done) acting.say(t("act_done", { act: t(asking.label) }));
          }}
        />
      )}
      <p class={`said ${said?.isBad ? "bad" : ""}`} role="status" aria-live="polite" hidden={!said}>
        {said?.text}
      </p>
    </Context.Provider>
  );
}

/** Why something was not done, in words for people. */
export function reason(error: unknown, { t, language }: Pick<Speech, "t" | "language">): string {
  if (!(error instanceof Refused)) return t("unreachable");
  const detail = language === "ko" ? inKorean(error.message, t) : error.message;
  return `${t(`code_${error.code}`)}${detail ? ` (${detail})` : ""}`;
}

function Form({ act, close }: { act: Act; close(done: boolean): void }) {
  const speech = useSpeech();
  const { t } = speech;
  const { fields = [] } = act;
  const dialog = useRef<HTMLDialogElement>(null);
  const [wrong, setWrong] = useState<{ field: string | undefined; text: string }>();
  const [isBusy, setBusy] = useState(false);
  const [files, setFiles] = useState({ ids: [] as string[], isComing: false });
  // Before the next key: what is typed after an act's key is meant for its form.
  useLayoutEffect(() => {
    dialog.current?.showModal();
    if (!fields.length) dialog.current?.querySelector<HTMLElement>("[type=submit]")?.focus();
  }, []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy || files.isComing) return;
    const told = new FormData(event.target as HTMLFormElement);
    const values: Record<string, unknown> = {};
    for (const field of fields)
      put(values, field.name, field.kind === "files" ? files.ids : filledIn(field, told));
    setBusy(true);
    try {
      await act.does(values);
      close(true);
    } catch (error) {
      const named = error instanceof Refused ? (error.field ?? "") : "";
      const at = fields.find(({ name }) => named === name || named.startsWith(`${name}.`));
      setWrong({ field: at?.name, text: reason(error, speech) });
      setBusy(false);
    }
  };

  return (
    <dialog
      ref={dialog}
      onCancel={() => close(false)}
      onClose={() => close(false)}
      aria-labelledby="form-title"
    >
      <form
        method="dialog"
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
      >
        <h2 id="form-title">{t(act.label)}</h2>
        {wrong && !wrong.field && (
          <p class="wrong" role="alert">
            {wrong.text}
          </p>
        )}
        {act.about && (
          <p class="note">
            <bdi>{act.about}</bdi>
          </p>
        )}
        {act.asks && <p>{t(act.asks)}</p>}
        {fields.map((field, n) => {
          const isWrong = wrong?.field === field.name;
          const label = (
            <>
              {t(field.label)} {field.is_optional && <small>{t("optional")}</small>}
            </>
          );
          const fault = isWrong && (
            <span class="wrong" role="alert">
              {wrong?.text}
            </span>
          );
          // What was chosen has controls of its own, which a label may not hold.
          return field.kind === "files" && act.city ? (
            <div class="field" key={field.name}>
              <label htmlFor={`form-${field.name}`}>{label}</label>
              <Attach
                city={act.city}
                name={field.name}
                isWrong={isWrong}
                changed={(ids, isComing) => setFiles({ ids, isComing })}
              />
              {fault}
            </div>
          ) : (
            <label key={field.name} htmlFor={`form-${field.name}`}>
              <span>{label}</span>
              <Input field={field} isFirst={n === 0} isWrong={isWrong} />
              {fault}
            </label>
          );
        })}
        <footer>
          <button type="button" onClick={() => close(false)}>
            {t("cancel")}
          </button>
          <SendButton kind={act.kind ?? "good"} waits={isBusy || files.isComing}>
            {t(act.label)}
          </SendButton>
        </footer>
      </form>
    </dialog>
  );
}

function Input({ field, isFirst, isWrong }: { field: Field; isFirst: boolean; isWrong: boolean }) {
  const { t, own } = useSpeech();
  const common = {
    id: `form-${field.name}`,
    name: field.name,
    required: !field.is_optional && field.kind !== "tick",
    autoFocus: isFirst,
    "aria-invalid": isWrong,
  };
  if (field.kind === "text") return <textarea {...common} rows={4} defaultValue={`${field.value ?? ""}`} />;
  if (field.kind === "tick")
    return <input {...common} type="checkbox" defaultChecked={field.value === true} />;
  if (field.kind === "number")
    return (
      <input {...common} type="number" min={0} defaultValue={`${field.value ?? ""}`} inputMode="numeric" />
    );
  if (field.kind === "moment")
    return (
      <input {...common} type="datetime-local" defaultValue={toLocal(field.value as number | undefined)} />
    );
  if (field.kind === "day") return <input {...common} type="date" />;
  if (field.kind === "choice")
    return (
      <select {...common}>
        {field.is_optional && <option value="">{field.none ? t(field.none) : "–"}</option>}
        {field.choices!.map((choice) => {
          const { value, text } = typeof choice === "string" ? { value: choice, text: t(choice) } : choice;
          return (
            // Selected at first, and never again: what was chosen since stays when the form is shown anew.
            <option key={value} value={value} selected={value === field.value}>
              {typeof text === "string" ? text : own(text)}
            </option>
          );
        })}
      </select>
    );
  return <input {...common} type="text" defaultValue={`${field.value ?? ""}`} autocomplete="off" />;
}

function put(values: Record<string, unknown>, name: string, value: unknown): void {
  const [first, rest] = name.split(".", 2) as [string, string | undefined];
  values[first] = rest === undefined ? value : { ...(values[first] as object | undefined), [rest]: value };
}

function filledIn(field: Field, told: FormData): unknown {
  if (field.kind === "tick") return told.has(field.name);
  const value = `${told.get(field.name) ?? ""}`.trim();
  if (value === "" && field.is_optional) return undefined;
  if (field.kind === "moment") return fromLocal(value);
  return field.kind === "number" ? Number(value) : value;
}
