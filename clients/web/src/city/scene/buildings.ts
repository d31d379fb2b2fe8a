// The buildings of a district: each by its look, those that one may enter with their doors, and their tops apart.
import { type BufferGeometry, Group, type Material, Mesh } from "three";
import { type Building, bounds, contains, type District } from "../plan";
import { block, FACADES, glassWave, metalCurve } from "./civic";
import { Clay, Style } from "./clay";
import { GIWA, STONE, WOOD } from "./palette";
import { tiledRoof } from "./roofs";
import { type Body, bodyOf } from "./sight";
import { furniture, hedge, hill, market, statue } from "./things";
import { gate, hanok, palace, pavilion } from "./traditional";
import { door, walls } from "./walls";

/** Up to here a building that one may enter is drawn with its doors; above it is a shell that is lifted off. */
const STOREY = 3.4;

export interface House {
  building: Building;
  /** What is hidden while the citizen is inside. */
  shell: Mesh[];
}

export interface Buildings {
  group: Group;
  houses: House[];
  /** What bars a camera: what stands on the ground. */
  bodies: Body[];
}

/** The buildings whose footprint has a door in it. */
export function enterable(district: District): Set<string> {
  const found = new Set<string>();
  for (const building of district.buildings) {
    if (building.base > 0 || !district.walls.some((wall) => wall.around === building.id)) continue;
    for (const { line } of district.doors) {
      if (isOnEdge(building, (line[0] + line[2]) / 2, (line[1] + line[3]) / 2)) found.add(building.id);
    }
  }
  return found;
}

function isOnEdge(building: Building, x: number, z: number): boolean {
  const outline = building.footprint;
  return outline.some(([x0, z0], i) => {
    const [x1, z1] = outline[(i + 1) % outline.length]!;
    const length = Math.hypot(x1 - x0, z1 - z0) || 1;
    const along = ((x - x0) * (x1 - x0) + (z - z0) * (z1 - z0)) / length;
    const off = Math.abs((x - x0) * (z1 - z0) - (z - z0) * (x1 - x0)) / length;
    return off < 0.1 && along > 0 && along < length;
  });
}

function mesh(geometry: BufferGeometry, material: Material): Mesh {
  const made = new Mesh(geometry, material);
  made.castShadow = made.receiveShadow = true;
  return made;
}

export function buildings(district: District, material: Material): Buildings {
  const group = new Group();
  const open = enterable(district);
  const solid = new Clay();
  const houses: House[] = [];
  for (const building of district.buildings) {
    const below = district.buildings.find(
      (other) => open.has(other.id) && other !== building && building.base > 2 && overlaps(building, other),
    );
    if (open.has(building.id)) {
      groundStorey(solid, district, building);
      const shell = new Clay();
      upperShell(shell, building);
      const made = shell.isEmpty ? [] : [mesh(shell.geometry(), material)];
      houses.push({ building, shell: made });
    } else if (below) {
      const shell = new Clay();
      whole(shell, building);
      houses.push({
        building: { ...building, footprint: below.footprint },
        shell: [mesh(shell.geometry(), material)],
      });
    } else {
      whole(solid, building);
    }
  }
  walls(solid, district, open);
  for (const each of district.doors) {
    const [x, z] = [(each.line[0] + each.line[2]) / 2, (each.line[1] + each.line[3]) / 2];
    const of = district.buildings.find(
      (building) => open.has(building.id) && contains(grown(building), x, z),
    );
    door(solid, each, !of || of.look === "hanok" || of.look === "palace");
    const hasRoof = district.buildings.some(({ base, footprint }) => base > 2 && contains(footprint, x, z));
    if (!of && !hasRoof) lintel(solid, each.line);
  }
  group.add(mesh(solid.geometry(), material));
  for (const house of houses) for (const part of house.shell) group.add(part);
  return {
    group,
    houses,
    bodies: district.buildings
      .filter(
        ({ id, height, base, look }) => height > 2.5 && !open.has(id) && base < 2 && look !== "mountain",
      )
      .map(bodyOf),
  };
}

function grown(building: Building): [number, number][] {
  const box = bounds(building.footprint);
  return [
    [box.x0 - 0.3, box.z0 - 0.3],
    [box.x1 + 0.3, box.z0 - 0.3],
    [box.x1 + 0.3, box.z1 + 0.3],
    [box.x0 - 0.3, box.z1 + 0.3],
  ];
}

function overlaps(one: Building, other: Building): boolean {
  return (
    one.footprint.some(([x, z]) => contains(grown(other), x, z)) ||
    other.footprint.some(([x, z]) => contains(one.footprint, x, z))
  );
}

function whole(clay: Clay, building: Building): void {
  switch (building.look) {
    case "palace":
      palace(clay, building);
      break;
    case "gate":
      gate(clay, building);
      break;
    case "pavilion":
      pavilion(clay, building);
      break;
    case "hanok":
      hanok(clay, building, true);
      break;
    case "house":
      if (building.roof === "gabled" || building.roof === "hipped") hanok(clay, building, true);
      else block(clay, building, 0);
      break;
    case "glass_wave":
      glassWave(clay, building);
      break;
    case "metal_curve":
      metalCurve(clay, building);
      break;
    case "statue":
      statue(clay, building);
      break;
    case "furniture":
      furniture(clay, building);
      break;
    case "market":
      market(clay, building);
      break;
    case "hedge":
      hedge(clay, building);
      break;
    case "mountain":
      hill(clay, building);
      break;
    case "brick":
    case "concrete":
    case "glass":
    case "stone":
    case "stone_classical":
    case "tower":
      if (building.height < 1 && building.roof === "none") deck(clay, building);
      else block(clay, building, 0);
  }
}

/** What is too low for a building: a bridge, a terrace. Its top lies on the ground, as feet do. */
function deck(clay: Clay, building: Building): void {
  clay.lid(building.footprint, 0.02, STONE.granite, Style.flagstone);
  clay.prism(building.footprint, -0.6, 0.02, STONE.granite, Style.blocks, { lid: false });
}

/** Walls from the ground with gaps for the doors, and a floor. */
function groundStorey(clay: Clay, district: District, building: Building): void {
  const top = Math.min(STOREY, building.height);
  const wooden = building.look === "hanok" || building.look === "palace";
  const facade = FACADES[building.look] ?? { tint: WOOD.dark, style: Style.lattice };
  for (const wall of district.walls) {
    if (wall.around !== building.id) continue;
    for (const [x0, z0, x1, z1] of wall.lines)
      clay.side(x0, z0, x1, z1, 0, top, facade.tint, facade.style, fromMiddle(building, x0, z0, x1, z1));
  }
  for (const { line } of district.doors) {
    const [x0, z0, x1, z1] = line;
    if (isOnEdge(building, (x0 + x1) / 2, (z0 + z1) / 2))
      clay.side(x0, z0, x1, z1, 2.9, top, facade.tint, facade.style, fromMiddle(building, x0, z0, x1, z1));
  }
  clay.lid(building.footprint, 0.02, wooden ? WOOD.pale : "#cfc4b0", wooden ? Style.plain : Style.flagstone);
}

/** How far a part of a wall begins from the middle of its side, along it: the windows above are laid out from there. */
function fromMiddle({ footprint }: Building, x0: number, z0: number, x1: number, z1: number): number {
  const length = Math.hypot(x1 - x0, z1 - z0) || 1;
  const [ux, uz] = [(x1 - x0) / length, (z1 - z0) / length];
  for (const [i, [ax, az]] of footprint.entries()) {
    const [bx, bz] = footprint[(i + 1) % footprint.length]!;
    const off = (x: number, z: number) => Math.abs((x - ax) * uz - (z - az) * ux);
    if (off(bx, bz) < 0.1 && off(x0, z0) < 0.1) return (x0 - (ax + bx) / 2) * ux + (z0 - (az + bz) / 2) * uz;
  }
  return 0;
}

/** All above the ground storey: it is not seen while the citizen is inside. */
function upperShell(clay: Clay, building: Building): void {
  if (building.look === "hanok" || building.look === "palace" || building.look === "house") {
    const top = building.height * 0.58;
    if (top > STOREY) clay.prism(building.footprint, STOREY, top, WOOD.dark, Style.lattice, { lid: false });
    if (building.look === "palace") {
      tiledRoof(clay, bounds(building.footprint), top, {
        rise: building.height - top,
        overhang: 1.8,
        tile: GIWA.tile,
        painted: true,
      });
    } else hanok(clay, building, false);
    return;
  }
  if (building.height > STOREY + 0.2) block(clay, building, STOREY);
  else if (building.roof !== "none") clay.lid(building.footprint, building.height, STONE.concrete);
}

/** A beam over a gate in a wall. */
function lintel(clay: Clay, [x0, z0, x1, z1]: [number, number, number, number]): void {
  const wide = Math.hypot(x1 - x0, z1 - z0);
  if (wide < 3) return;
  const box = bounds([
    [x0, z0],
    [x1, z1],
  ]);
  tiledRoof(clay, { x0: box.x0 - 1, z0: box.z0 - 1, x1: box.x1 + 1, z1: box.z1 + 1 }, 4.2, {
    rise: 1.3,
    overhang: 0.8,
    painted: true,
  });
}
