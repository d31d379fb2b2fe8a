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

/** What a scope is called: the whole city, a district, or what in it (`civil/qa-1`). */
export function usePlaces(city: City): (scope: string | null | undefined) => string {
  const { t, own } = useSpeech();
  return (scope) => {
    if (!scope) return t("whole_city");
    const [id, inside] = scope.split("/") as [string, string | undefined];
    const district = own(city.client.welcome?.city.districts.find((one) => one.id === id)?.name) || id;
    if (!inside) return district;
    return `${district} · ${inside.startsWith("qa-") ? t("question_time") : inside}`;
  };
}
