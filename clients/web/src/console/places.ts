// What the console knows of a district's ground: its zones, its stages, what is drawn of it on a map.
import { useEffect, useState } from "preact/hooks";
import type { City } from "./city.ts";
import { useSpeech } from "./speech.tsx";

interface Text {
  ko: string;
  en: string;
}

export interface Ground {
  width: number;
  depth: number;
  zones: { id: string; name: Text; polygon: [number, number][] }[];
  stages: { id: string; name: Text }[];
  walls: { lines: [number, number, number, number][] }[];
}

/** The ground of a district; undefined until it is there. */
export function useGround(district: string | undefined): Ground | undefined {
  const [ground, setGround] = useState<Ground>();
  useEffect(() => {
    setGround(undefined);
    if (!district) return;
    const gone = new AbortController();
    fetch(`/api/city/districts/${district}`, { signal: gone.signal })
      .then((answer) => (answer.ok ? answer.json() : undefined))
      .then(setGround, () => {});
    return () => gone.abort();
  }, [district]);
  return ground;
}

/** What zones are called, by district: read once, when the first of a district is shown. */
const zones = new Map<string, Map<string, Text>>();

async function readZones(district: string): Promise<void> {
  zones.set(district, new Map());
  const answer = await fetch(`/api/city/districts/${district}`);
  const ground: Ground = await answer.json();
  zones.set(district, new Map(ground.zones.map(({ id, name }) => [id, name])));
}

/** What a scope is called: the whole city, a district, or what in it (`civil/qa-1`, `civil/plaza`). */
export function usePlaces(city: City): (scope: string | null | undefined) => string {
  const { t, own } = useSpeech();
  const [, show] = useState(0);
  return (scope) => {
    if (!scope) return t("whole_city");
    const [id, inside] = scope.split("/") as [string, string | undefined];
    const district = own(city.client.welcome?.city.districts.find((one) => one.id === id)?.name) || id;
    if (!inside) return district;
    if (inside.startsWith("qa-")) return `${district} · ${t("question_time")}`;
    if (!zones.has(id))
      readZones(id).then(
        () => show((n) => n + 1),
        () => {}, // its id is shown instead
      );
    return `${district} · ${own(zones.get(id)?.get(inside)) || inside}`;
  };
}
