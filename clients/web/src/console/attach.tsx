// Files at the console: what an official attaches to a step, and what is attached to a case; every look is kept.
import { Refused, type Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { ACCEPT, isPicture, useChoosing } from "../attaching.ts";
import { reason, useActing } from "./acts.tsx";
import type { City } from "./city.ts";
import { useSpeech } from "./speech.tsx";

/** The reason that is kept of looks from a desk. */
export const LOOKING = "desk";

export interface AttachProps {
  city: City;
  name: string;
  isWrong: boolean;
  /** Which are there, and whether some still come. */
  changed(ids: string[], isComing: boolean): void;
}

export function Attach({ city, name, isWrong, changed }: AttachProps) {
  const speech = useSpeech();
  const { t } = speech;
  const files = useChoosing((file, progress, signal) => city.client.files.bring(file, { progress, signal }));
  const { ids, isComing } = files;
  const told = ids.join(" ");
  useEffect(() => changed(ids, isComing), [told, isComing]);
  return (
    <fieldset
      class="attach"
      aria-label={t("files")}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        files.add(event.dataTransfer?.files ?? []);
      }}
    >
      <input
        id={`form-${name}`}
        type="file"
        multiple
        accept={ACCEPT}
        aria-invalid={isWrong}
        onChange={(event) => {
          files.add(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
        }}
      />
      {files.isTooMany && (
        <span class="wrong" role="alert">
          {t("file_many")}
        </span>
      )}
      <ul class="attached" aria-live="polite">
        {files.chosen.map((one) => (
          <li key={one.key}>
            {one.preview && <img src={one.preview} alt="" />}
            <span>
              <bdi>{one.name}</bdi> <small>{t("file_size", { kb: Math.ceil(one.bytes / 1000) })}</small>
              {one.fault !== undefined && <span class="wrong"> {reason(one.fault, speech)}</span>}
              {one.brought && <small> {t("file_here")}</small>}
              {!one.brought && one.fault === undefined && (
                <progress
                  value={one.share}
                  aria-label={t("file_coming", { share: Math.round(one.share * 100) })}
                />
              )}
            </span>
            <button
              type="button"
              aria-label={t("file_remove", { name: one.name })}
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

interface AttachedProps {
  city: City;
  petition: string;
  files: Words.FileCard[];
}

export function Attached({ city, petition, files }: AttachedProps) {
  const { t } = useSpeech();
  if (!files.length) return null;
  return (
    <ul class="attached" aria-label={t("files")}>
      {files.map((file) => (
        <One key={file.file} city={city} petition={petition} file={file} />
      ))}
    </ul>
  );
}

function One({ city, petition, file }: { city: City; petition: string; file: Words.FileCard }) {
  const speech = useSpeech();
  const { say } = useActing();
  const [preview, setPreview] = useState<string>();
  const read = () => city.client.files.read(petition, file.file, LOOKING);
  useEffect(() => {
    if (!isPicture(file.kind)) return;
    let held: string | undefined;
    let isGone = false;
    read().then(
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
      const held = URL.createObjectURL(await read());
      Object.assign(document.createElement("a"), { href: held, download: file.name }).click();
      URL.revokeObjectURL(held);
    } catch (error) {
      say(error instanceof Refused ? reason(error, speech) : speech.t("unreachable"), true);
    }
  };
  return (
    <li>
      {preview && <img src={preview} alt="" />}
      <button type="button" title={speech.t("file_save", { name: file.name })} onClick={() => void save()}>
        <bdi>{file.name}</bdi> <small>{speech.t("file_size", { kb: Math.ceil(file.bytes / 1000) })}</small>
      </button>
    </li>
  );
}
