// Files of a petition: chosen or dropped, seen before they are sent, taken out again; and those that are attached.
import { type Brought, Refused, type Words } from "madang";
import { useState } from "preact/hooks";
import { AttachedFiles, Chosen, type Told } from "../../attached";
import { ACCEPT, type Choosing, MOST, useChoosing } from "../../attaching";
import { isKnown, token, why } from "../session";
import { client, notice } from "../state";
import { say } from "../texts";
import { Fault } from "./field";

const TOO_LONG = new Set(["too_long", "full"]);

export interface Files extends Choosing {
  keepsPlace: boolean;
  keepPlace(keeps: boolean): void;
}

/** Files for a form; `changed` is told which are there. */
export function useFiles(first?: Brought[], changed?: (brought: Brought[]) => void): Files {
  const [keepsPlace, keepPlace] = useState(false);
  const choosing = useChoosing(
    (file, progress, signal) => client.value!.files.bring(file, { keepPlace: keepsPlace, progress, signal }),
    first,
    changed,
  );
  return { ...choosing, keepsPlace, keepPlace };
}

function said(error: unknown): string {
  if (error instanceof Refused && error.code === "bad_message") return say("pt.file_kind");
  if (error instanceof Refused && TOO_LONG.has(error.code)) return say("pt.file_long");
  return why(error).text;
}

const TOLD: Told = {
  size: (bytes) => say("pt.file_size", { kb: Math.ceil(bytes / 1000) }),
  here: () => say("pt.file_here"),
  coming: (share) => say("pt.file_coming", { share }),
  remove: (name) => say("pt.file_remove", { name }),
  save: (name) => say("pt.file_save", { name }),
  fault: (error) => <b class="bad"> {said(error)}</b>,
  button: "quiet",
};

export function Attach({ files, fault }: { files: Files; fault?: string | undefined }) {
  const [isOver, setOver] = useState(false);
  if (!isKnown() || !token()) return <p class="soft">{say("pt.files_token")}</p>;
  const wrong = fault ?? (files.isTooMany ? say("pt.file_many", { n: MOST }) : undefined);
  return (
    <fieldset
      class={`attach ${isOver ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        files.add(event.dataTransfer?.files ?? []);
      }}
    >
      <legend>{say("pt.files")}</legend>
      <small id="attach_hint">{say("pt.files_hint")}</small>
      <label class="field">
        <span>{say("pt.files_choose")}</span>
        <input
          type="file"
          multiple
          accept={ACCEPT}
          aria-invalid={Boolean(wrong)}
          aria-describedby="attach_hint attach_fault"
          onChange={(event) => {
            files.add(event.currentTarget.files ?? []);
            event.currentTarget.value = "";
          }}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={files.keepsPlace}
          onChange={(event) => files.keepPlace(event.currentTarget.checked)}
        />
        <span>{say("pt.keep_place")}</span>
      </label>
      <Fault id="attach_fault" fault={wrong} />
      <Chosen files={files} told={TOLD} />
    </fieldset>
  );
}

/** What is attached to a petition. */
export function Attached({ petition, files }: { petition: string; files: Words.FileCard[] }) {
  return (
    <AttachedFiles
      label={say("pt.attached")}
      files={files}
      told={TOLD}
      read={(file) => client.value!.files.read(petition, file.file)}
      failed={(error) => {
        const isGone = error instanceof Refused && error.code === "not_found";
        notice(isGone ? say("pt.file_gone") : why(error).text, "bad");
      }}
    />
  );
}
