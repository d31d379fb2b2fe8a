// Files of petitions over HTTP: brought before they are attached to anything, read by who may see the petition.
import { Refused } from "./faults.ts";
import type { Refused as RefusedAnswer } from "./generated/words.ts";

/** A file that waits: name its `file` in `files` of a command before `until` (0: any time). */
export interface Brought {
  file: string;
  /** As the city keeps it: what it is called says what it is. */
  name: string;
  kind: string;
  bytes: number;
  /** Of what is kept: a picture is written anew. */
  sha256: string;
  until: number;
}

export interface BringOptions {
  name?: string;
  /** A picture keeps the place where it was taken, and all else that the camera wrote. */
  keepPlace?: boolean;
  /** The same file brought again under its key is brought once. */
  key?: string;
  /** Called with the share that has left, 0 to 1, where the surroundings tell it. */
  progress?: (share: number) => void;
  signal?: AbortSignal;
}

/** What is too fast by no more than this is read again by itself: a case may have many pictures. */
const MOMENT_MS = 1000;
const ASKED_AGAIN = 5;

const FILES = "/api/v1/petitions/files";

/** The way to a city's files, for one citizen. */
export class Files {
  readonly #base: string;
  readonly #token: () => string | undefined | Promise<string | undefined>;

  /** `base`: http://host:port. `token`: who asks. */
  constructor(base: string, token: () => string | undefined | Promise<string | undefined>) {
    this.#base = base;
    this.#token = token;
  }

  /** Brings a file; raises Refused, or what the network says. */
  async bring(file: Blob, options: BringOptions = {}): Promise<Brought> {
    const { keepPlace, key, progress, signal } = options;
    const name = options.name ?? (file as Partial<File>).name ?? "";
    const query = new URLSearchParams({ name, ...(keepPlace && { keep_place: "true" }) });
    const headers = {
      ...(await this.#headers()),
      "Content-Type": "application/octet-stream",
      ...(key && { "Idempotency-Key": key }),
    };
    const at = `${this.#base}${FILES}?${query}`;
    signal?.throwIfAborted();
    if (progress && typeof XMLHttpRequest !== "undefined") return sent(at, headers, file, progress, signal);
    const answer = await fetch(at, { method: "POST", headers, body: file, ...(signal && { signal }) });
    if (!answer.ok) throw await refusedBy(answer);
    return (await answer.json()) as Brought;
  }

  /** Takes back a file that waits; raises Refused. */
  async drop(file: string): Promise<void> {
    const at = `${this.#base}${FILES}/${encodeURIComponent(file)}`;
    const answer = await fetch(at, { method: "DELETE", headers: await this.#headers() });
    if (!answer.ok) throw await refusedBy(answer);
  }

  /** The bytes of a petition's file; staff give their reason, which is kept. Raises Refused. */
  async read(petition: string, file: string, reason?: string): Promise<Blob> {
    const query = reason === undefined ? "" : `?${new URLSearchParams({ reason })}`;
    const path = `/api/v1/petitions/${encodeURIComponent(petition)}/files/${encodeURIComponent(file)}`;
    for (let left = ASKED_AGAIN; ; left--) {
      const answer = await fetch(`${this.#base}${path}${query}`, { headers: await this.#headers() });
      if (answer.ok) return answer.blob();
      const refused = await refusedBy(answer);
      const wait = refused.code === "too_fast" ? refused.retryAfterMs : undefined;
      if (!left || wait === undefined || wait > MOMENT_MS) throw refused;
      await new Promise((later) => setTimeout(later, wait));
    }
  }

  async #headers(): Promise<Record<string, string>> {
    const token = await this.#token();
    return token ? { Authorization: `Bearer ${token}` } : {};
  }
}

async function refusedBy(answer: Response): Promise<Refused> {
  return refusedAs(await answer.json().catch(() => ({})));
}

function refusedAs(told: unknown): Refused {
  return new Refused({
    type: "refused",
    id: 0,
    code: "unavailable",
    ...(told as Partial<RefusedAnswer>),
  } as RefusedAnswer);
}

/** By the one way on which a browser tells how far it is. */
function sent(
  at: string,
  headers: Record<string, string>,
  file: Blob,
  progress: (share: number) => void,
  signal: AbortSignal | undefined,
): Promise<Brought> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", at);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () =>
      request.status === 201
        ? resolve(request.response as Brought)
        : reject(refusedAs(request.response ?? {}));
    request.onerror = () => reject(refusedAs({}));
    request.onabort = () => reject(signal?.reason ?? new Error("it was given up"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
