// What a petition's form needs, as `petitions.guide` tells it.
import { useEffect, useState } from "preact/hooks";
import type { Text } from "../plan";
import { client } from "../state";
import { of, say } from "../texts";

export interface Period {
  unit: "hours" | "days" | "weeks" | "months" | "years";
  amount: number;
}

export interface Kind {
  id: string;
  name: Text;
  basis: Text;
  period: Period;
  requires: string[];
  public: boolean;
}

export interface Department {
  id: string;
  name: Text;
  contact: string;
}

export interface StatutoryType {
  id: string;
  name: Text;
  kind: string;
  basis: Text;
  period: Period;
  department: string;
}

export interface Guide {
  kinds: Kind[];
  departments: Department[];
  types: StatutoryType[];
  states: { id: string; name: Text }[];
}

/** The city's departments; none until it has told, and where it has no petitions. */
export function useDepartments(): readonly Department[] {
  const city = client.value!;
  const [known, setKnown] = useState<readonly Department[]>([]);
  useEffect(() => {
    city.ask("petitions.guide", {}).then(
      (guide) => setKnown(guide.departments as unknown as Department[]),
      () => {},
    );
  }, [city]);
  return known;
}

export function nameOf(list: readonly { id: string; name: Text }[], id: string): string {
  return of(list.find((each) => each.id === id)?.name) || id;
}

export function periodOf({ unit, amount }: Period): string {
  return say(`pt.period.${unit}`, { n: amount });
}
