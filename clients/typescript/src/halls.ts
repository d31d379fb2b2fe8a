// The halls of a district that has several: which is one's own, and how full each is.
import type { DistrictCrowd, DistrictEnter } from "./generated/words.ts";

/** Where in a district one wants to be that has several halls. */
export type Seat = Pick<DistrictEnter, "hall" | "beside">;

export interface Halls {
  mine: number;
  people: readonly number[];
  seats?: number | undefined;
}

export const ONE_HALL: Halls = { mine: 0, people: [] };

export function hallsOf(
  mine: number,
  { halls, hall_seats: seats }: Pick<DistrictCrowd, "halls" | "hall_seats">,
): Halls {
  return halls ? { mine, people: halls, seats: seats ?? undefined } : ONE_HALL;
}
