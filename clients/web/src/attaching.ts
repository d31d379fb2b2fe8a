// Files on their way to a petition: what was chosen, how far each is, what the city said to it. Shown by who uses it.
import type { Brought } from "madang";
import { useEffect, useRef, useState } from "preact/hooks";

/** What a browser offers to choose from; what a file is the city sees by its content. */
export const ACCEPT = "image/jpeg,image/png,image/webp,.pdf,.hwp,.hwpx,.docx,.xlsx,.pptx,.txt";

/** Files of one command. */
export const MOST = 10;

const PICTURES = new Set(["jpeg", "png", "webp"]);

export interface Chosen {
  key: string;
  name: string;
  bytes: number;
  /** How much of it has left, 0 to 1. */
  share: number;
  brought?: Brought;
  fault?: unknown;
  /** A picture to be shown, as long as it is chosen. */
  preview?: string;
}

export interface Choosing {
  chosen: readonly Chosen[];
  /** The ids of those that are there. */
  ids: string[];
  isComing: boolean;
  /** More were chosen than a command takes. */
  isTooMany: boolean;
  add(files: Iterable<File>): void;
  remove(key: string): void;
  clear(): void;
}

type Bring = (file: File, progress: (share: number) => void, signal: AbortSignal) => Promise<Brought>;

export function isPicture(kind: string): boolean {
  return PICTURES.has(kind);
}

/** `first`: those that were brought before; `changed` is told which are there. */
export function useChoosing(
  bring: Bring,
  first: readonly Brought[] = [],
  changed: (brought: Brought[]) => void = () => {},
): Choosing {
  const all = useRef<Chosen[]>(
    first.map((one) => ({ key: one.file, name: one.name, bytes: one.bytes, share: 1, brought: one })),
  );
  const coming = useRef(new Map<string, AbortController>());
  const [isTooMany, setTooMany] = useState(false);
  const [, shown] = useState(0);
  const letGo = () => {
    for (const ended of coming.current.values()) ended.abort();
    for (const { preview } of all.current) if (preview) URL.revokeObjectURL(preview);
  };
  useEffect(() => letGo, []);

  const put = (next: Chosen[]) => {
    all.current = next;
    shown((n) => n + 1);
  };
  const tell = () => changed(all.current.flatMap(({ brought }) => brought ?? []));
  const note = (key: string, more: Partial<Chosen>) =>
    put(all.current.map((one) => (one.key === key ? { ...one, ...more } : one)));

  const begin = async (file: File) => {
    const key = crypto.randomUUID();
    const ended = new AbortController();
    coming.current.set(key, ended);
    const preview = /^image\/(jpeg|png|webp)$/.test(file.type) ? { preview: URL.createObjectURL(file) } : {};
    put([...all.current, { key, name: file.name, bytes: file.size, share: 0, ...preview }]);
    try {
      const brought = await bring(file, (share) => note(key, { share }), ended.signal);
      note(key, { brought, name: brought.name, bytes: brought.bytes, share: 1 });
      tell();
    } catch (fault) {
      note(key, { fault });
    } finally {
      coming.current.delete(key);
      shown((n) => n + 1);
    }
  };

  return {
    chosen: all.current,
    ids: all.current.flatMap(({ brought }) => brought?.file ?? []),
    isComing: all.current.some(({ brought, fault }) => !brought && !fault),
    isTooMany,
    add(files) {
      const room = MOST - all.current.length;
      const wanted = [...files];
      setTooMany(wanted.length > room);
      for (const file of wanted.slice(0, room)) void begin(file);
    },
    remove(key) {
      coming.current.get(key)?.abort();
      const gone = all.current.find((one) => one.key === key);
      if (gone?.preview) URL.revokeObjectURL(gone.preview);
      put(all.current.filter((one) => one !== gone));
      setTooMany(false);
      tell();
    },
    clear() {
      letGo();
      put([]);
      setTooMany(false);
    },
  };
}
