// Roofs: the curved tile roofs of palaces and hanok, with lifted corners and white ridges; domes and spires.
import { type Bounds, bounds, inset, type Outline, rectangles } from "../plan";
import { boxOf, type Clay, ring, Style, scaled, type V3 } from "./clay";
import { GIWA, METAL, STONE, WOOD } from "./palette";

export interface RoofShape {
  rise: number;
  overhang: number;
  tile?: string;
  /** How far the corners lift, metres. */
  lift?: number;
  /** Gables at both ends instead of hips. */
  gabled?: boolean;
  /** The painted underside of palaces. */
  painted?: boolean;
}

const COLUMNS = 10;
const ROWS = 5;

/** A tiled roof over a rectangle, its eaves at height y. */
export function tiledRoof(clay: Clay, rect: Bounds, y: number, shape: RoofShape): void {
  const { rise, overhang, tile = GIWA.tile, gabled = false } = shape;
  const wide = rect.x1 - rect.x0 >= rect.z1 - rect.z0;
  // in local terms: u along the ridge, v across
  const long = (wide ? rect.x1 - rect.x0 : rect.z1 - rect.z0) / 2;
  const short = (wide ? rect.z1 - rect.z0 : rect.x1 - rect.x0) / 2;
  const mx = (rect.x0 + rect.x1) / 2;
  const mz = (rect.z0 + rect.z1) / 2;
  const lift = shape.lift ?? Math.min(1.6, 0.05 * (long + short));
  const at = (u: number, h: number, v: number): V3 =>
    wide ? [mx + u, y + h, mz + v] : [mx - v, y + h, mz + u];
  const eaveU = long + overhang;
  const eaveV = short + overhang;
  const ridge = gabled ? eaveU : Math.max(long * 0.3, eaveU - eaveV * 0.8);
  const rises = (t: number) => rise * (0.55 * t + 0.45 * t * t);
  const lifted = (s: number, t: number) => lift * Math.abs(s) ** 3 * (1 - t) ** 2;

  for (const way of [1, -1]) {
    for (let i = 0; i < COLUMNS; i++) {
      for (let j = 0; j < ROWS; j++) {
        const point = (ci: number, cj: number): V3 => {
          const s = (ci / COLUMNS) * 2 - 1;
          const t = cj / ROWS;
          const bow = 0.25 * overhang * (1 - s * s) * (1 - t); // eaves are drawn in at their middle
          return at(
            s * (eaveU + (ridge - eaveU) * t),
            rises(t) + lifted(s, t),
            way * ((eaveV - bow) * (1 - t)),
          );
        };
        const corners = [point(i, j), point(i + 1, j), point(i + 1, j + 1), point(i, j + 1)] as const;
        slope(clay, corners, way === 1, tile, i, j, eaveU, Math.hypot(eaveV, rise));
        if (gabled) continue;
        const end = (ci: number, cj: number): V3 => {
          const s = (ci / COLUMNS) * 2 - 1;
          const t = cj / ROWS;
          return at(way * (eaveU + (ridge - eaveU) * t), rises(t) + lifted(s, t), s * eaveV * (1 - t));
        };
        const ends = [end(i, j), end(i + 1, j), end(i + 1, j + 1), end(i, j + 1)] as const;
        slope(clay, ends, way === -1, tile, i, j, eaveV, Math.hypot(eaveU - ridge, rise));
      }
    }
  }
  underside(clay, at, long, short, eaveU, eaveV, lift, shape.painted ?? false);
  const cap = Math.max(0.28, Math.min(0.7, rise * 0.1));
  bar(clay, at(-ridge, rise, 0), at(ridge, rise, 0), cap);
  for (const u of [-1, 1]) {
    // the ornaments at both ends of the ridge
    bar(clay, at(u * ridge, rise, 0), at(u * (ridge - cap * 2.2), rise + cap * 0.9, 0), cap * 1.15);
    if (gabled) {
      const gable: V3[] = [at(u * long, 0, -short), at(u * long, 0, short), at(u * long, rise * 0.92, 0)];
      clay.triangle(gable[0]!, gable[1]!, gable[2]!, STONE.plaster);
      for (const v of [-1, 1]) bar(clay, at(u * eaveU, lift, v * eaveV), at(u * ridge, rise, 0), cap * 0.6);
      continue;
    }
    for (const v of [-1, 1]) {
      let before = at(u * eaveU, lifted(1, 0), v * eaveV);
      for (let j = 1; j <= ROWS; j++) {
        const t = j / ROWS;
        const next = at(u * (eaveU + (ridge - eaveU) * t), rises(t) + lifted(1, t), v * eaveV * (1 - t));
        bar(clay, before, next, cap * 0.7);
        before = next;
      }
    }
  }
}

function slope(
  clay: Clay,
  [a, b, c, d]: readonly [V3, V3, V3, V3],
  turned: boolean,
  tile: string,
  i: number,
  j: number,
  along: number,
  up: number,
): void {
  const u0 = (i / COLUMNS) * along * 2;
  const u1 = ((i + 1) / COLUMNS) * along * 2;
  const v0 = (j / ROWS) * up;
  const v1 = ((j + 1) / ROWS) * up;
  if (turned)
    clay.quad(a, b, c, d, tile, Style.tiles, [
      [u0, v0],
      [u1, v0],
      [u1, v1],
      [u0, v1],
    ]);
  else
    clay.quad(b, a, d, c, tile, Style.tiles, [
      [u1, v0],
      [u0, v0],
      [u0, v1],
      [u1, v1],
    ]);
}

function underside(
  clay: Clay,
  at: (u: number, h: number, v: number) => V3,
  long: number,
  short: number,
  eaveU: number,
  eaveV: number,
  lift: number,
  painted: boolean,
): void {
  const tint = painted ? "#3c6a5e" : WOOD.dark;
  const drop = -0.12;
  const low: V3[] = [
    at(-long, -0.5, -short),
    at(long, -0.5, -short),
    at(long, -0.5, short),
    at(-long, -0.5, short),
  ];
  const high: V3[] = [
    at(-eaveU, lift + drop, -eaveV),
    at(eaveU, lift + drop, -eaveV),
    at(eaveU, lift + drop, eaveV),
    at(-eaveU, lift + drop, eaveV),
  ];
  const mid: V3[] = [at(0, drop, -eaveV), at(eaveU, drop, 0), at(0, drop, eaveV), at(-eaveU, drop, 0)];
  const lowMid: V3[] = [at(0, -0.5, -short), at(long, -0.5, 0), at(0, -0.5, short), at(-long, -0.5, 0)];
  for (let i = 0; i < 4; i++) {
    const j = (i + 1) % 4;
    clay.quad(low[i]!, lowMid[i]!, mid[i]!, high[i]!, tint);
    clay.quad(lowMid[i]!, low[j]!, high[j]!, mid[i]!, tint);
  }
}

/** A white-plastered ridge between two places. */
function bar(clay: Clay, from: V3, to: V3, thick: number): void {
  const dx = to[0] - from[0];
  const dz = to[2] - from[2];
  const length = Math.hypot(dx, dz) || 1;
  const sx = (-dz / length) * thick * 0.5;
  const sz = (dx / length) * thick * 0.5;
  const low = -thick * 0.35;
  const p = (end: V3, side: number, h: number): V3 => [end[0] + sx * side, end[1] + h, end[2] + sz * side];
  const faces: [V3, V3, V3, V3][] = [
    [p(from, 1, low), p(to, 1, low), p(to, 1, thick), p(from, 1, thick)],
    [p(to, -1, low), p(from, -1, low), p(from, -1, thick), p(to, -1, thick)],
    [p(from, 1, thick), p(to, 1, thick), p(to, -1, thick), p(from, -1, thick)],
    [p(to, 1, low), p(to, -1, low), p(to, -1, thick), p(to, 1, thick)],
    [p(from, -1, low), p(from, 1, low), p(from, 1, thick), p(from, -1, thick)],
  ];
  for (const face of faces) clay.quad(...face, GIWA.ridge);
}

/** Tiled roofs over any footprint: one over each of its rectangles, or over its bounds where it is slanted. */
export function tiledRoofs(clay: Clay, footprint: Outline, y: number, shape: RoofShape): void {
  for (const rect of rectangles(footprint) ?? [bounds(footprint)]) {
    const short = Math.min(rect.x1 - rect.x0, rect.z1 - rect.z0);
    tiledRoof(clay, rect, y, { ...shape, rise: Math.min(shape.rise, short * 0.55) });
  }
}

/** A flat roof with its parapet and what stands on roofs. */
export function flatRoof(clay: Clay, footprint: Outline, y: number, tint: string): void {
  clay.lid(footprint, y, tint);
  const inner = inset(footprint, 0.5);
  clay.prism(footprint, y, y + 0.9, tint, Style.plain, { lid: false });
  clay.prism([...inner].reverse(), y, y + 0.9, tint, Style.plain, { lid: false });
  const box = bounds(footprint);
  const w = box.x1 - box.x0;
  const d = box.z1 - box.z0;
  if (w > 14 && d > 10) {
    const x = box.x0 + w * 0.32;
    const z = box.z0 + d * 0.4;
    clay.box(x, y, z, x + w * 0.2, y + 3, z + d * 0.26, STONE.concrete);
    clay.box(x + w * 0.26, y, z, x + w * 0.34, y + 1.8, z + d * 0.18, STONE.granite_dark);
  }
}

/** A dome over the middle of a footprint. */
export function dome(clay: Clay, footprint: Outline, y: number, tint: string): number {
  const box = bounds(footprint);
  const radius = (Math.min(box.x1 - box.x0, box.z1 - box.z0) / 2) * 0.72;
  const mx = (box.x0 + box.x1) / 2;
  const mz = (box.z0 + box.z1) / 2;
  clay.prism(ring(mx, mz, radius * 1.06, 24), y, y + radius * 0.35, STONE.limestone, Style.blocks);
  const rings: V3[][] = [];
  for (let i = 0; i <= 8; i++) {
    const t = (i / 8) * (Math.PI / 2) * 0.98;
    rings.push(
      ring(mx, mz, radius * Math.cos(t), 24).map(
        ([x, z]): V3 => [x, y + radius * (0.35 + 0.85 * Math.sin(t)), z],
      ),
    );
  }
  clay.loft(rings, tint, Style.panels);
  const top = y + radius * 1.2;
  clay.column(mx, mz, radius * 0.09, top - 0.2, top + radius * 0.4, METAL.bronze, 8, 0.3);
  return top;
}

/** A spire that ends in a point. */
export function spire(clay: Clay, footprint: Outline, y: number, height: number, tint: string): void {
  const top = scaled(footprint, 0.02);
  clay.loft(
    [footprint.map(([x, z]): V3 => [x, y, z]), top.map(([x, z]): V3 => [x, y + height, z])],
    tint,
    Style.panels,
  );
}

export function slab(clay: Clay, rect: Bounds, y0: number, y1: number, tint: string): void {
  clay.prism(boxOf(rect.x0, rect.z0, rect.x1, rect.z1), y0, y1, tint, Style.blocks);
}
