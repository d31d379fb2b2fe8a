// Palaces, gates, pavilions and hanok: granite below, red pillars, painted eaves, dark tiles above.
import { type Bounds, type Building, bounds, rectangles } from "../plan";
import { boxOf, type Clay, Style } from "./clay";
import { GIWA, STONE, WOOD } from "./palette";
import { tiledRoof, tiledRoofs } from "./roofs";

const rectOf = (building: Building): Bounds => bounds(building.footprint);
const drawnIn = (rect: Bounds, by: number): Bounds => ({
  x0: rect.x0 + by,
  z0: rect.z0 + by,
  x1: rect.x1 - by,
  z1: rect.z1 - by,
});
const outlineOf = (rect: Bounds) => boxOf(rect.x0, rect.z0, rect.x1, rect.z1);

function pillars(
  clay: Clay,
  rect: Bounds,
  y0: number,
  y1: number,
  tint: string,
  radius: number,
  apart: number,
): void {
  const across = (from: number, to: number) => {
    const n = Math.max(1, Math.round((to - from) / apart));
    return Array.from({ length: n + 1 }, (_, i) => from + ((to - from) * i) / n);
  };
  for (const x of across(rect.x0, rect.x1))
    for (const z of [rect.z0, rect.z1]) clay.column(x, z, radius, y0, y1, tint, 8);
  for (const z of across(rect.z0, rect.z1).slice(1, -1))
    for (const x of [rect.x0, rect.x1]) clay.column(x, z, radius, y0, y1, tint, 8);
}

function storey(clay: Clay, rect: Bounds, y0: number, y1: number): void {
  const body = drawnIn(rect, 0.5);
  const frieze = Math.min(1.2, (y1 - y0) * 0.22);
  clay.prism(outlineOf(body), y0, y1 - frieze, WOOD.pillar, Style.lattice, { lid: false });
  clay.prism(outlineOf(body), y1 - frieze, y1, WOOD.beam, Style.dancheong, { lid: false });
  pillars(clay, rect, y0, y1 - frieze, WOOD.pillar, 0.3, 4.2);
}

export function palace(clay: Clay, building: Building): void {
  const tile = building.id.startsWith("blue_house") ? GIWA.blue : GIWA.tile;
  for (const rect of rectangles(building.footprint) ?? [rectOf(building)]) {
    let y = building.base;
    const top = building.base + building.height;
    if (y > 0) {
      // what stands on piers: the slab that joins them
      clay.prism(outlineOf(rect), y - 1.6, y, STONE.granite, Style.blocks, { top: STONE.granite_dark });
      balustrade(clay, rect, y);
    } else {
      const podium = Math.min(1.4, building.height * 0.1);
      clay.prism(outlineOf(rect), 0, podium, STONE.granite, Style.blocks, { top: STONE.granite_dark });
      y = podium;
    }
    const inner = drawnIn(rect, Math.min(1.6, (rect.x1 - rect.x0) * 0.1));
    const short = Math.min(inner.x1 - inner.x0, inner.z1 - inner.z0);
    const overhang = Math.min(2.4, 0.9 + short * 0.1);
    if (building.roof === "double_hipped") {
      const skirt = y + (top - y) * 0.3;
      storey(clay, inner, y, skirt);
      const upper = drawnIn(inner, Math.min(2.6, short * 0.16));
      tiledRoof(clay, inner, skirt, { rise: (top - y) * 0.2, overhang, tile, painted: true });
      const eaves = y + (top - y) * 0.62;
      storey(clay, upper, skirt + (top - y) * 0.1, eaves);
      tiledRoof(clay, upper, eaves, { rise: top - eaves, overhang, tile, painted: true });
    } else {
      const eaves = y + (top - y) * 0.54;
      storey(clay, inner, y, eaves);
      tiledRoof(clay, inner, eaves, { rise: top - eaves, overhang, tile, painted: true });
    }
  }
}

function balustrade(clay: Clay, rect: Bounds, y: number): void {
  const edge = drawnIn(rect, 0.25);
  clay.prism(outlineOf(edge), y, y + 0.9, STONE.granite, Style.blocks, { lid: false });
  clay.prism([...outlineOf(drawnIn(rect, 0.7))].reverse(), y, y + 0.9, STONE.granite, Style.blocks, {
    lid: false,
  });
}

/** A pier of a gate, or with a roof a gate of wood. */
export function gate(clay: Clay, building: Building): void {
  const { base, height } = building;
  const rect = rectOf(building);
  if (building.roof === "none") {
    clay.prism(building.footprint, base, base + height, STONE.granite, Style.blocks, {
      top: STONE.granite_dark,
    });
    return;
  }
  const top = base + height;
  const eaves = base + height * (base > 0 ? 0.22 : 0.52);
  if (base > 0) {
    clay.prism(outlineOf(drawnIn(rect, 2)), base - 0.7, base, WOOD.pillar, Style.plain);
    clay.prism(outlineOf(drawnIn(rect, 2.2)), base, eaves, WOOD.beam, Style.dancheong, { lid: false });
    pillars(clay, drawnIn(rect, 3), 0, base, WOOD.pillar, 0.34, 7);
  } else {
    storey(clay, drawnIn(rect, 0.6), base, eaves);
  }
  tiledRoof(clay, drawnIn(rect, base > 0 ? 2 : 0.6), eaves, {
    rise: top - eaves,
    overhang: 1.6,
    painted: true,
  });
}

/** Pillars and a roof; what is high stands on a floor of its own. */
export function pavilion(clay: Clay, building: Building): void {
  const rect = drawnIn(rectOf(building), 1);
  const top = building.base + building.height;
  const floor = building.base > 0 ? 0 : building.height > 10 ? building.height * 0.3 : 0.6;
  const eaves = building.base > 0 ? building.base : building.height * 0.56;
  if (floor > 1) {
    pillars(clay, rect, -0.6, floor, STONE.granite, 0.5, 4);
    pillars(clay, drawnIn(rect, 3), -0.6, floor, STONE.granite, 0.5, 4);
  }
  clay.prism(
    outlineOf(rect),
    Math.max(0, floor - 0.5),
    floor + 0.05,
    floor > 1 ? WOOD.pale : STONE.granite,
    Style.plain,
  );
  pillars(clay, rect, floor, eaves - 0.9, WOOD.pillar, 0.34, 4);
  clay.prism(outlineOf(rect), eaves - 0.9, eaves, WOOD.beam, Style.dancheong, { lid: false });
  tiledRoof(clay, rect, eaves, { rise: top - eaves, overhang: 2, painted: true });
}

export function hanok(clay: Clay, building: Building, walls: boolean): void {
  const plinth = 0.45;
  const eaves = building.base + building.height * 0.58;
  if (walls) {
    clay.prism(building.footprint, building.base, building.base + plinth, STONE.granite, Style.blocks);
    clay.prism(building.footprint, building.base + plinth, eaves, WOOD.dark, Style.lattice, { lid: false });
  }
  const gabled = building.roof === "gabled";
  tiledRoofs(clay, building.footprint, eaves, {
    rise: building.height * 0.42,
    overhang: 1.2,
    gabled,
    lift: 0.55,
  });
}
