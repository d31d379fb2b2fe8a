// Buildings of the city of today: stone with windows, glass, brick, towers, the wave of City Hall, curves of metal.
import { type Building, bounds, inset, type Outline, type Point, wound } from "../plan";
import { boxOf, type Clay, ring, Style, type StyleNumber, scaled, type V3 } from "./clay";
import { GLASS, METAL, STONE } from "./palette";
import { dome, flatRoof, spire } from "./roofs";

/** From one pier between classical windows to the next (surface.ts), and half of what the way in leaves free, metres. */
const PIER_M = 3.6;
const WAY_IN_M = 6;

export interface Facade {
  tint: string;
  style: StyleNumber;
}

export const FACADES: Partial<Record<Building["look"], Facade>> = {
  brick: { tint: STONE.brick, style: Style.brick },
  concrete: { tint: STONE.concrete, style: Style.offices },
  glass: { tint: GLASS.clear, style: Style.curtain },
  house: { tint: STONE.plaster, style: Style.offices },
  stone: { tint: STONE.granite, style: Style.blocks },
  stone_classical: { tint: STONE.limestone, style: Style.classical },
  tower: { tint: GLASS.deep, style: Style.curtain },
};

/** A body with windows and its roof, from `foot` up. */
export function block(clay: Clay, building: Building, foot: number): void {
  const { footprint, base, height, taper, look } = building;
  const facade = FACADES[look] ?? FACADES.stone!;
  const top = base + height;
  if (
    look === "tower" &&
    building.height > 50 &&
    roundish(footprint) &&
    base === 0 &&
    building.taper <= 0.65
  ) {
    shaft(clay, building);
    return;
  }
  if (look === "tower" && building.roof === "spire") {
    spire(
      clay,
      footprint,
      base,
      height,
      base > 50 && bounds(footprint).x1 - bounds(footprint).x0 < 8 ? METAL.red : GLASS.deep,
    );
    return;
  }
  const screen = look === "glass" && building.roof === "none" && thickness(footprint) < 2 && base > 0;
  if (screen) {
    clay.prism(footprint, base, top, "#1c2a33", Style.screen, { top: "#1c2a33" });
    return;
  }
  clay.prism(footprint, Math.max(foot, base), top, facade.tint, facade.style, { taper, lid: false });
  if (look === "stone_classical") cornice(clay, footprint, top);
  if (look === "stone_classical" && base === 0) portico(clay, footprint, top);
  const lid = taper === 1 ? footprint : scaled(footprint, taper);
  switch (building.roof) {
    case "dome":
      flatRoof(clay, lid, top, facade.tint);
      dome(clay, lid, top, look === "stone_classical" ? "#6f9384" : METAL.silver);
      break;
    case "spire":
      spire(clay, lid, top, height * 0.3, METAL.white);
      break;
    case "gabled":
      gable(clay, lid, top);
      break;
    case "none":
      break;
    default:
      flatRoof(clay, lid, top, look === "glass" || look === "tower" ? STONE.concrete : facade.tint);
  }
  if (look === "glass" && base > 50) {
    // the decks of a tower on a hill: rims of white
    for (const y of [base + 0.3, base + height * 0.5, top - 0.3])
      clay.prism(scaled(footprint, 1.08), y - 0.35, y + 0.35, METAL.white);
  }
}

const thickness = (outline: Outline) => {
  const box = bounds(outline);
  return Math.min(box.x1 - box.x0, box.z1 - box.z0);
};

const roundish = (outline: Outline) => outline.length >= 12;

function gable(clay: Clay, footprint: Outline, y: number): void {
  const box = bounds(footprint);
  const along = box.x1 - box.x0 >= box.z1 - box.z0;
  const rise = Math.min(box.x1 - box.x0, box.z1 - box.z0) * 0.28;
  const p = (u: number, h: number, v: number): V3 => (along ? [u, y + h, v] : [v, y + h, u]);
  const [u0, u1, v0, v1] = along ? [box.x0, box.x1, box.z0, box.z1] : [box.z0, box.z1, box.x0, box.x1];
  const v = (v0 + v1) / 2;
  clay.quad(
    p(u0 - 0.6, -0.2, v1 + 0.6),
    p(u1 + 0.6, -0.2, v1 + 0.6),
    p(u1 + 0.6, rise, v),
    p(u0 - 0.6, rise, v),
    "#6b5148",
    Style.tiles,
  );
  clay.quad(
    p(u1 + 0.6, -0.2, v0 - 0.6),
    p(u0 - 0.6, -0.2, v0 - 0.6),
    p(u0 - 0.6, rise, v),
    p(u1 + 0.6, rise, v),
    "#6b5148",
    Style.tiles,
  );
  clay.triangle(p(u0, 0, v0), p(u0, 0, v1), p(u0, rise, v), STONE.brick);
  clay.triangle(p(u1, 0, v1), p(u1, 0, v0), p(u1, rise, v), STONE.brick);
}

function cornice(clay: Clay, footprint: Outline, top: number): void {
  clay.prism(inset(footprint, -0.35), top - 1.3, top - 0.7, STONE.limestone, Style.plain);
  clay.prism(inset(footprint, -0.7), top - 0.7, top, STONE.limestone, Style.plain);
}

/** Columns before the middle of the longest side, flat against it: nobody walks into them. */
function portico(clay: Clay, footprint: Outline, top: number): void {
  const round = wound(footprint);
  let best = -1;
  let side = 0;
  round.forEach(([x0, z0], i) => {
    const [x1, z1] = round[(i + 1) % round.length]!;
    // of sides of one length the one that looks south, to the sun
    const length = Math.hypot(x1 - x0, z1 - z0) + (x1 < x0 ? 0.5 : 0);
    if (length > best) [best, side] = [length, i];
  });
  const [x0, z0] = round[side]!;
  const [x1, z1] = round[(side + 1) % round.length]!;
  const ux = (x1 - x0) / best;
  const uz = (z1 - z0) / best;
  // between the windows, as they are drawn about the middle; that is left to the way in
  const most = Math.floor((best * 0.21) / PIER_M);
  for (let i = -most; i <= most; i++) {
    if (Math.abs(i) * PIER_M < WAY_IN_M) continue;
    const along = best / 2 + i * PIER_M;
    const x = x0 + ux * along + uz * 0.35;
    const z = z0 + uz * along - ux * 0.35;
    clay.column(x, z, 0.62, 0, top - 1.5, STONE.limestone, 10, 0.86);
    clay.column(x, z, 0.8, top - 1.9, top - 1.3, STONE.limestone, 10);
  }
}

/** The shaft of a tower: white, with dark rims. */
function shaft(clay: Clay, { footprint, height, taper }: Building): void {
  const rings: V3[][] = [];
  for (let i = 0; i <= 6; i++) {
    const t = i / 6;
    rings.push(scaled(footprint, 1 + (taper - 1) * t ** 0.7).map(([x, z]): V3 => [x, height * t, z]));
  }
  clay.loft(rings, METAL.white, Style.panels);
  clay.prism(scaled(footprint, 1.5), 0, 5, STONE.granite, Style.curtain, { top: STONE.concrete });
}

/** A wave of glass: it leans away from its longest side, its crest rising and falling. */
export function glassWave(clay: Clay, building: Building): void {
  const round = wound(building.footprint);
  let best = -1;
  let back = 0;
  round.forEach(([x0, z0], i) => {
    const [x1, z1] = round[(i + 1) % round.length]!;
    const length = Math.hypot(x1 - x0, z1 - z0);
    if (length > best) [best, back] = [length, i];
  });
  const [bx, bz] = round[back]!;
  const [ex, ez] = round[(back + 1) % round.length]!;
  const ux = (ex - bx) / best;
  const uz = (ez - bz) / best;
  const [nx, nz] = [-uz, ux]; // inwards
  const smooth = rounded(round, 4);
  const reach = Math.max(...smooth.map(([x, z]) => (x - bx) * nx + (z - bz) * nz));
  const levels = 14;
  const rings: V3[][] = [];
  for (let i = 0; i <= levels; i++) {
    const t = i / levels;
    // drawn back at its foot, breaking over at its crest
    const lean =
      0.66 +
      0.34 * Math.sin(Math.min(1, t / 0.72) * (Math.PI / 2)) -
      0.12 * Math.max(0, (t - 0.78) / 0.22) ** 2;
    rings.push(
      smooth.map(([x, z]): V3 => {
        const away = (x - bx) * nx + (z - bz) * nz;
        const along = ((x - bx) * ux + (z - bz) * uz) / best;
        const crest =
          1 - 0.16 * (0.5 + 0.5 * Math.cos((along * 1.4 + 0.1) * Math.PI * 2)) - 0.1 * (1 - away / reach);
        const shift = away * (lean - 1);
        return [x + nx * shift, building.base + building.height * t * (1 + (crest - 1) * t), z + nz * shift];
      }),
    );
  }
  clay.loft(rings, GLASS.wave, Style.wave);
  crown(clay, rings[levels]!, GLASS.wave);
}

/** A smooth body of metal that closes over itself. */
export function metalCurve(clay: Clay, building: Building): void {
  const closed = building.roof === "dome";
  const smooth = rounded(wound(building.footprint), building.footprint.length < 8 ? 2 : 5);
  if (building.roof === "wave") {
    canopy(clay, building);
    return;
  }
  const levels = 9;
  const rings: V3[][] = [];
  for (let i = 0; i <= levels; i++) {
    const t = (i / levels) * (Math.PI / 2);
    const width = closed
      ? 0.9 + 0.1 * Math.sin(t * 2) - 0.75 * (1 - Math.cos(t)) ** 1.6
      : building.taper + (1 - building.taper) * Math.cos(t);
    rings.push(
      scaled(smooth, width).map(([x, z]): V3 => [x, building.base + building.height * Math.sin(t) ** 0.9, z]),
    );
  }
  clay.loft(
    rings,
    METAL.silver,
    building.footprint.length < 24 && building.height < 8 ? Style.plain : Style.panels,
  );
  crown(clay, rings[levels]!, METAL.silver);
}

function canopy(clay: Clay, { footprint, base, height }: Building): void {
  const box = bounds(footprint);
  const n = 24;
  const y = (i: number) => base + height * (0.55 + 0.45 * Math.sin((i / n) * Math.PI * 5));
  for (let i = 0; i < n; i++) {
    const xa = box.x0 + ((box.x1 - box.x0) * i) / n;
    const xb = box.x0 + ((box.x1 - box.x0) * (i + 1)) / n;
    clay.quad(
      [xa, y(i), box.z1],
      [xb, y(i + 1), box.z1],
      [xb, y(i + 1), box.z0],
      [xa, y(i), box.z0],
      METAL.silver,
      Style.panels,
    );
    for (const z of [box.z0, box.z1]) {
      clay.quad([xa, base - 0.4, z], [xb, base - 0.4, z], [xb, y(i + 1), z], [xa, y(i), z], METAL.white);
    }
  }
  clay.prism(boxOf(box.x0, box.z0, box.x1, box.z1), base - 0.4, base, METAL.white);
}

/** Closes a ring with a fan from its middle. */
function crown(clay: Clay, rim: V3[], tint: string): void {
  const n = rim.length;
  const mid: V3 = [0, 1, 2].map((axis) => rim.reduce((sum, p) => sum + p[axis as 0 | 1 | 2], 0) / n) as V3;
  for (const [i, p] of rim.entries()) clay.triangle(rim[(i + 1) % n]!, p, mid, tint, Style.panels);
}

/** A closed curve through the points (Catmull-Rom). */
export function rounded(outline: Outline, steps: number): Outline {
  const n = outline.length;
  const made: Outline = [];
  for (let i = 0; i < n; i++) {
    const [a, b, c, d] = [
      outline[(i + n - 1) % n]!,
      outline[i]!,
      outline[(i + 1) % n]!,
      outline[(i + 2) % n]!,
    ];
    for (let s = 0; s < steps; s++) {
      const t = s / steps;
      const at = (axis: 0 | 1) =>
        0.5 *
        (2 * b[axis] +
          (c[axis] - a[axis]) * t +
          (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t * t +
          (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t ** 3);
      made.push([at(0), at(1)] satisfies Point);
    }
  }
  return made;
}

export { ring };
