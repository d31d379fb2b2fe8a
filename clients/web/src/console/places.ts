// What the console knows of a district's ground: its zones, its stages, what is drawn of it on a map.
import { useEffect, useState } from "preact/hooks";

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
