// The colours of the place, in one table: dancheong, hanji, granite, giwa; and what the light does to them by the sun.
import { Color } from "three";
import type { GroundKind, TreeKind } from "../plan";

export const STONE = {
  granite: "#cfc8ba",
  granite_dark: "#a59d8f",
  limestone: "#dcd3c2",
  brick: "#b58571",
  concrete: "#c9c5bc",
  plaster: "#efe7d8",
  asphalt: "#55565a",
} as const;
export const WOOD = {
  pillar: "#8f3b2e",
  beam: "#3f6e63",
  pale: "#c69c6d",
  dark: "#5b4132",
  door: "#7b4a33",
} as const;
export const GIWA = { tile: "#4a4e54", ridge: "#d9d2c3", edge: "#33363b", blue: "#3f6f86" } as const;
export const METAL = {
  silver: "#c3c8cc",
  bronze: "#8a6a3a",
  gold: "#c79a3b",
  white: "#e9ebec",
  red: "#c14a39",
} as const;
export const GLASS = { clear: "#9fc0c8", deep: "#5d8797", wave: "#86b3b0" } as const;

export const GROUND: Record<GroundKind, string> = {
  flowers: "#93ab68",
  lawn: "#9db573",
  path: "#d3c3a3",
  paving: "#cdc6b9",
  road: "#62646a",
  sand: "#e0d1ae",
  soil: "#c2ab84",
  stone: "#d8d2c6",
  water: "#5f8f9a",
  wood: "#b98f63",
};

/** Leaves by season: spring, summer, autumn, winter. */
export const LEAVES: Record<TreeKind, [string, string, string, string]> = {
  cherry: ["#f2c3cc", "#6f9a58", "#b9673f", "#9c8576"],
  ginkgo: ["#9fb85a", "#7fa34e", "#e8b93a", "#b5a184"],
  pine: ["#4d7a54", "#457350", "#44704f", "#41694c"],
  plane: ["#93b065", "#6f9a55", "#c08a45", "#a08d72"],
  shrub: ["#86a75c", "#6b9254", "#a87b43", "#7f8660"],
  zelkova: ["#98b768", "#6d9a58", "#b5643c", "#97836c"],
};

export interface Hour {
  zenith: Color;
  horizon: Color;
  sun: Color;
  sky: Color;
  ground: Color;
  night: number;
}

type Row = [
  altitude: number,
  zenith: string,
  horizon: string,
  sun: string,
  sky: string,
  ground: string,
  night: number,
];

// By the sun's altitude in degrees. Nights are blue and never black: a city is lit, and one must see where one goes.
const HOURS: Row[] = [
  [-14, "#14234a", "#544f70", "#8097d0", "#8b99cc", "#5c5a74", 1],
  [-6, "#22336a", "#76628a", "#aaa4cf", "#97a0cc", "#625c70", 0.9],
  [-1, "#3f5a9a", "#f0a478", "#f2a27e", "#b0a9c8", "#75655f", 0.55],
  [5, "#5a8cc8", "#fad7a6", "#ffc48a", "#c3c4d4", "#8d7a63", 0.12],
  [16, "#4d93d8", "#dfe9ea", "#ffe2b0", "#c3d6ea", "#a08e70", 0],
  [40, "#3f8bdc", "#cde4f2", "#fff0d4", "#c9dff2", "#ac9d80", 0],
];

/** The colours for a sun this high, in degrees. */
export function hour(altitude: number): Hour {
  let i = 0;
  while (i < HOURS.length - 2 && altitude > HOURS[i + 1]![0]) i++;
  const from = HOURS[i]!;
  const to = HOURS[i + 1]!;
  const share = Math.min(1, Math.max(0, (altitude - from[0]) / (to[0] - from[0])));
  const mixed = (at: 1 | 2 | 3 | 4 | 5) => new Color(from[at]).lerp(new Color(to[at]), share);
  return {
    zenith: mixed(1),
    horizon: mixed(2),
    sun: mixed(3),
    sky: mixed(4),
    ground: mixed(5),
    night: from[6] + (to[6] - from[6]) * share,
  };
}
