// Files at the console: what an official attaches to a step, and what is attached to a case; every look is kept.
import { Refused, type Words } from "madang";
import { useEffect } from "preact/hooks";
import { AttachedFiles, Chosen, type Told } from "../attached.tsx";
import { ACCEPT, useChoosing } from "../attaching.ts";
import { reason, useActing } from "./acts.tsx";
import type { City } from "./city.ts";
import { type Speech, useSpeech } from "./speech.tsx";

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
      <Chosen files={files} told={toldBy(speech)} />
    </fieldset>
  );
}

interface AttachedProps {
  city: City;
  petition: string;
  files: Words.FileCard[];
}

export function Attached({ city, petition, files }: AttachedProps) {
  const speech = useSpeech();
  const { say } = useActing();
  return (
    <AttachedFiles
      label={speech.t("files")}
      files={files}
      told={toldBy(speech)}
      read={(file) => city.client.files.read(petition, file.file, LOOKING)}
      failed={(error) =>
        say(error instanceof Refused ? reason(error, speech) : speech.t("unreachable"), true)
      }
    />
  );
}

function toldBy(speech: Speech): Told {
  const { t } = speech;
  return {
    size: (bytes) => t("file_size", { kb: Math.ceil(bytes / 1000) }),
    here: () => t("file_here"),
    coming: (share) => t("file_coming", { share }),
    remove: (name) => t("file_remove", { name }),
    save: (name) => t("file_save", { name }),
    fault: (error) => <span class="wrong"> {reason(error, speech)}</span>,
  };
}
