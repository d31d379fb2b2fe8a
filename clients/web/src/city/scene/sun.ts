// Where the sun stands over Seoul at a moment: the almanac's low-precision formulas, good to a hundredth of a degree.

const RAD = Math.PI / 180;

export interface SunPlace {
  /** Degrees above the horizon. */
  altitude: number;
  /** Degrees from north, by east. */
  azimuth: number;
}

/** `ms` since the Unix epoch; the place in WGS84 degrees. */
export function sunAt(ms: number, lat: number, lon: number): SunPlace {
  const days = ms / 86_400_000 - 10_957.5; // since J2000
  const mean = (357.529 + 0.98560028 * days) * RAD;
  const longitude = (280.459 + 0.98564736 * days + 1.915 * Math.sin(mean) + 0.02 * Math.sin(2 * mean)) * RAD;
  const tilt = (23.439 - 0.00000036 * days) * RAD;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude));
  const sidereal = (280.46061837 + 360.98564736629 * days + lon) * RAD;
  const angle = sidereal - ascension;
  const phi = lat * RAD;
  const altitude = Math.asin(
    Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(angle),
  );
  const azimuth = Math.atan2(
    -Math.sin(angle),
    Math.tan(declination) * Math.cos(phi) - Math.sin(phi) * Math.cos(angle),
  );
  return { altitude: altitude / RAD, azimuth: (azimuth / RAD + 360) % 360 };
}

/** Hours of the day in Seoul (UTC+9, no daylight saving), with their fraction. */
export function seoulHour(ms: number): number {
  return (((ms / 3_600_000 + 9) % 24) + 24) % 24;
}

/** 0 spring, 1 summer, 2 autumn, 3 winter. */
export function season(ms: number): 0 | 1 | 2 | 3 {
  const month = new Date(ms + 9 * 3_600_000).getUTCMonth();
  return ([3, 3, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3] as const)[month]!;
}
