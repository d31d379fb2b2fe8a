// Files of a petition: chosen or dropped, seen before they are sent, taken out again; and those that are attached.
import { type Brought, Refused, type Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { ACCEPT, type Choosing, isPicture, MOST, useChoosing } from "../../attaching";
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

function size(bytes: number): string {
  return say("pt.file_size", { kb: Math.ceil(bytes / 1000) });
}

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
      <label class="inline">
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
      <ul class="attached" aria-live="polite">
        {files.chosen.map((one) => (
          <li key={one.key}>
            {one.preview && <img src={one.preview} alt="" />}
            <span>
              <bdi>{one.name}</bdi> <small>{size(one.bytes)}</small>
              {one.fault !== undefined && <b class="bad"> {said(one.fault)}</b>}
              {one.brought && <small> {say("pt.file_here")}</small>}
              {!one.brought && one.fault === undefined && (
                <progress
                  value={one.share}
                  aria-label={say("pt.file_coming", { share: Math.round(one.share * 100) })}
                />
              )}
            </span>
            <button
              type="button"
              class="quiet"
              aria-label={say("pt.file_remove", { name: one.name })}
              onClick={() => files.remove(one.key)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

/** What is attached: pictures small, each to be saved. */
export function Attached({ petition, files }: { petition: string; files: Words.FileCard[] }) {
  if (!files.length) return null;
  return (
    <ul class="attached" aria-label={say("pt.attached")}>
      {files.map((file) => (
        <One key={file.file} petition={petition} file={file} />
      ))}
    </ul>
  );
}

function One({ petition, file }: { petition: string; file: Words.FileCard }) {
  const [preview, setPreview] = useState<string>();
  useEffect(() => {
    if (!isPicture(file.kind)) return;
    let held: string | undefined;
    let isGone = false;
    client.value!.files.read(petition, file.file).then(
      (blob) => {
        if (isGone) return;
        held = URL.createObjectURL(blob);
        setPreview(held);
      },
      () => {}, // its name is there all the same
    );
    return () => {
      isGone = true;
      if (held) URL.revokeObjectURL(held);
    };
  }, [petition, file.file]);
  const save = async () => {
    try {
      const held = URL.createObjectURL(await client.value!.files.read(petition, file.file));
      Object.assign(document.createElement("a"), { href: held, download: file.name }).click();
      URL.revokeObjectURL(held);
    } catch (error) {
      notice(
        error instanceof Refused && error.code === "not_found" ? say("pt.file_gone") : why(error).text,
        "bad",
      );
    }
  };
  return (
    <li>
      {preview && <img src={preview} alt="" />}
      <button
        type="button"
        class="quiet"
        title={say("pt.file_save", { name: file.name })}
        onClick={() => void save()}
      >
        <bdi>{file.name}</bdi> <small>{size(file.bytes)}</small>
      </button>
    </li>
  );
}
