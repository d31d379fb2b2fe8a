// Who is meant by an id: the names of those who are here now, as staff may look them up.
import { useEffect, useState } from "preact/hooks";
import type { City } from "./city.ts";
import { useSpeech } from "./speech.tsx";

export interface Here {
  citizen: string;
  name: string;
  roles: string[];
  district: string | null;
}

/** Ids that are asked for in one request; an address has an end. */
const AT_ONCE = 40;

const known = new Map<string, Here>();
const asked = new Set<string>();

/** Finds those who are here by a part of their name. */
export async function find(city: City, name: string): Promise<{ citizens: Here[]; of: number }> {
  const found = await city.watch<{ citizens: Here[]; of: number }>(
    `citizens?name=${encodeURIComponent(name)}`,
  );
  for (const one of found.citizens) known.set(one.citizen, one);
  return found;
}

/** Those of these ids who are known by name; the others are asked for, once. */
export function useNames(city: City, ids: (string | null | undefined)[]): Map<string, Here> {
  const [, look] = useState(0);
  const wanted = ids.filter((id): id is string => Boolean(id) && !asked.has(id!)).slice(0, AT_ONCE);
  const key = wanted.join();
  useEffect(() => {
    if (!key || !city.token) return;
    for (const id of wanted) asked.add(id);
    const query = wanted.map((id) => `id=${encodeURIComponent(id)}`).join("&");
    city.watch<{ citizens: Here[] }>(`citizens?${query}`).then(
      ({ citizens }) => {
        for (const one of citizens) known.set(one.citizen, one);
        look((n) => n + 1);
      },
      () => {},
    );
  }, [city, key]);
  return known;
}

/** A citizen by name where they are here, else by the beginning of their id; the whole id stands in the title. */
export function Who({ city, id }: { city: City; id: string | null | undefined }) {
  const names = useNames(city, [id]);
  const { t } = useSpeech();
  if (!id) return <>–</>;
  const name = id === city.client.citizen.id ? t("oneself") : names.get(id)?.name;
  return (
    <span class="who" title={id}>
      {name ? <bdi>{name}</bdi> : <code>{id.slice(0, 8)}</code>}
    </span>
  );
}
