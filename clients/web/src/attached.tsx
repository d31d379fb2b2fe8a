// Files as both pages show them: those of a form on their way, and those that are attached. The words are the page's.
import type { Words } from "madang";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Choosing, isPicture } from "./attaching.ts";

/** How a page speaks of files. */
export interface Told {
  size(bytes: number): string;
  here(): string;
  coming(percent: number): string;
  remove(name: string): string;
  save(name: string): string;
  fault(error: unknown): ComponentChildren;
  /** The class of buttons beside a file. */
  button?: string;
}

/** Those that were chosen: how far each is, what the city said to it, and a way to take it out again. */
export function Chosen({ files, told }: { files: Choosing; told: Told }) {
  return (
    <ul class="attached" aria-live="polite">
      {files.chosen.map((one) => (
        <li key={one.key}>
          {one.preview && <img src={one.preview} alt="" />}
          <span>
            <bdi>{one.name}</bdi> <small>{told.size(one.bytes)}</small>
            {one.fault !== undefined && told.fault(one.fault)}
            {one.brought && <small> {told.here()}</small>}
            {!one.brought && one.fault === undefined && (
              <progress value={one.share} aria-label={told.coming(Math.round(one.share * 100))} />
            )}
          </span>
          <button
            type="button"
            class={told.button}
            aria-label={told.remove(one.name)}
            onClick={() => files.remove(one.key)}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

export interface AttachedProps {
  label: string;
  files: Words.FileCard[];
  told: Told;
  read(file: Words.FileCard): Promise<Blob>;
  /** A file could not be saved. */
  failed(error: unknown): void;
}

/** What is attached: pictures small, each to be saved. */
export function AttachedFiles({ label, files, ...how }: AttachedProps) {
  if (!files.length) return null;
  return (
    <ul class="attached" aria-label={label}>
      {files.map((file) => (
        <One key={file.file} file={file} {...how} />
      ))}
    </ul>
  );
}

function One({
  file,
  told,
  read,
  failed,
}: Omit<AttachedProps, "label" | "files"> & { file: Words.FileCard }) {
  const [preview, setPreview] = useState<string>();
  useEffect(() => {
    if (!isPicture(file.kind)) return;
    let held: string | undefined;
    let isGone = false;
    read(file).then(
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
  }, [file.file]);
  const save = async () => {
    try {
      const held = URL.createObjectURL(await read(file));
      Object.assign(document.createElement("a"), { href: held, download: file.name }).click();
      URL.revokeObjectURL(held);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <li>
      {preview && <img src={preview} alt="" />}
      <button type="button" class={told.button} title={told.save(file.name)} onClick={() => void save()}>
        <bdi>{file.name}</bdi> <small>{told.size(file.bytes)}</small>
      </button>
    </li>
  );
}
