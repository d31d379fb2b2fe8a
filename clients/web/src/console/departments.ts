// The city's departments, as its petitions know them.
import type { Words } from "madang";
import { useAnswer } from "./answers.ts";
import type { City } from "./city.ts";

export interface Department {
  id: string;
  name: Words.Text;
}

export function useDepartments(city: City): Department[] {
  const guide = useAnswer(city, "petitions.guide", {}).answer;
  return (guide?.departments ?? []) as unknown as Department[];
}
