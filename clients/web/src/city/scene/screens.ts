// The screens beside the stages: what is asked there now, in letters that are read from the far side of the place.
import { effect } from "@preact/signals";
import {
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  Mesh,
  MeshBasicMaterial,
  SRGBColorSpace,
} from "three";
import { type Board, board } from "../hall";
import { contains, type District, type Point, type Stage } from "../plan";

const WIDE = 1024;
const HIGH = 512;
const MARGIN = 56;
/** Letters are as large as all of it allows, of these sizes; what is longer than the smallest allows ends in an ellipsis. */
const SIZES = [92, 80, 70, 62, 54, 47, 41, 36];
const LINE = 1.32;
const FONT =
  '"Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif';
/** It hangs so far before its board, metres: told apart from afar. */
const BEFORE_M = 0.06;

/** In a room: half as wide, and no further behind who speaks, metres. */
const ROOM_HALF_M = 2.1;
const FURTHEST_BACK_M = 6;

/** A board that hangs behind a stage, in metres of the stage's own: to its side, behind it, up. */
export interface Screen {
  half: number;
  back: number;
  foot: number;
  top: number;
}

/** From metres to the side of a stage and ahead of it to those of the district. */
export function around({ at: [x, z], yaw }: Stage): (side: number, ahead: number) => Point {
  const turn = (yaw * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  return (side, ahead) => [x + side * cos + ahead * sin, z - side * sin + ahead * cos];
}

export function isIndoors({ at: [x, z] }: Stage, { buildings }: District): boolean {
  return buildings.some((each) => each.base < 2 && contains(each.footprint, x, z));
}

/** How far the zone of a stage goes to its left and right and behind it, metres. */
function extentOf({ at: [x, z], yaw, zone }: Stage, { zones }: District) {
  const own = zones.find(({ id }) => id === zone);
  if (!own) return undefined;
  const turn = (yaw * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  const sides = own.polygon.map(([px, pz]) => (px - x) * cos - (pz - z) * sin);
  const aheads = own.polygon.map(([px, pz]) => (px - x) * sin + (pz - z) * cos);
  return { own, left: Math.min(...sides), right: Math.max(...sides), back: Math.min(...aheads) };
}

/** The boards of a hall's stage: from its left to its right, where its back is, and how high its curtain hangs. */
export function boardsOf(stage: Stage, district: District) {
  const extent = extentOf(stage, district);
  if (extent?.own.kind !== "stage") return undefined;
  const { own, left, right, back } = extent;
  const high = Math.min(6.5, 2.4 + (right - left) * 0.14);
  return { polygon: own.polygon, left, right, back: back + 0.35, high };
}

export function screenOf(stage: Stage, district: District): Screen | undefined {
  if (!isIndoors(stage, district)) return { half: 4.6, back: -3.4, foot: 1.2, top: 6 };
  const boards = boardsOf(stage, district);
  if (boards) {
    const { left, right, back, high } = boards;
    return {
      half: Math.min(9, (right - left) * 0.28),
      back,
      foot: Math.min(1.4, high * 0.3),
      top: high - 0.5,
    };
  }
  // in a room it hangs on the wall behind who speaks
  const extent = extentOf(stage, district);
  if (!extent) return undefined;
  return { half: ROOM_HALF_M, back: Math.max(extent.back + 0.3, -FURTHEST_BACK_M), foot: 1.3, top: 3.3 };
}

/** All of a district's in one draw; where nothing is on, their boards play for themselves. */
export class Screens {
  readonly mesh: Mesh;
  private readonly texture: CanvasTexture;
  private readonly canvas = document.createElement("canvas");
  private readonly material: MeshBasicMaterial;
  private readonly end: () => void;
  /** What is written there: of a session much is told that changes no word of it. */
  private written: Board | null = null;

  constructor(district: District) {
    this.texture = new CanvasTexture(this.canvas);
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.anisotropy = 4;
    this.material = new MeshBasicMaterial({ map: this.texture, toneMapped: false });
    this.mesh = new Mesh(sheets(district), this.material);
    this.end = effect(() => this.show(board.value));
  }

  private show(now: Board | null): void {
    this.mesh.visible = now !== null && this.mesh.geometry.getAttribute("position").count > 0;
    if (!now || !this.mesh.visible) return;
    const { written } = this;
    if (written?.head === now.head && written.text === now.text && written.isAsked === now.isAsked) return;
    this.written = now;
    if (this.canvas.width !== WIDE) {
      this.canvas.width = WIDE;
      this.canvas.height = HIGH;
    }
    write(this.canvas.getContext("2d")!, now);
    this.texture.needsUpdate = true;
  }

  /** Its mesh and material are the place's to dispose. */
  dispose(): void {
    this.end();
    this.texture.dispose();
  }
}

function sheets(district: District): BufferGeometry {
  const [positions, uvs, index]: [number[], number[], number[]] = [[], [], []];
  for (const stage of district.stages) {
    const screen = screenOf(stage, district);
    if (!screen) continue;
    const at = around(stage);
    const high = Math.min(screen.top - screen.foot, screen.half) - 0.16;
    const middle = (screen.foot + screen.top) / 2;
    const first = positions.length / 3;
    for (const [u, v] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ] as const) {
      const [x, z] = at((u * 2 - 1) * high, screen.back + BEFORE_M);
      positions.push(x, middle + (v - 0.5) * high, z);
      uvs.push(u, v);
    }
    index.push(first, first + 1, first + 2, first, first + 2, first + 3);
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(positions), 3));
  geometry.setAttribute("uv", new BufferAttribute(new Float32Array(uvs), 2));
  geometry.setIndex(index);
  return geometry;
}

function write(pen: CanvasRenderingContext2D, { head, text, isAsked }: Board): void {
  pen.fillStyle = "#10262e";
  pen.fillRect(0, 0, WIDE, HIGH);
  pen.fillStyle = "#17343c";
  pen.fillRect(0, 0, WIDE, 104);
  pen.fillStyle = "#e2b65c";
  pen.fillRect(0, 104, WIDE, 4);
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  set(pen, head, 600, 44);
  pen.fillText(lines(pen, head, 1)[0]!, WIDE / 2, 54);
  pen.fillStyle = isAsked ? "#fdf6e6" : "#a9d8d2";
  const room = HIGH - 108 - MARGIN;
  const size =
    SIZES.find((each) => {
      set(pen, text, 700, each);
      return lines(pen, text).length * each * LINE <= room;
    }) ?? SIZES.at(-1)!;
  set(pen, text, 700, size);
  const shown = lines(pen, text, Math.floor(room / (size * LINE)));
  const top = 108 + (HIGH - 108) / 2 - ((shown.length - 1) * size * LINE) / 2;
  shown.forEach((line, n) => {
    pen.fillText(line, WIDE / 2, top + n * size * LINE);
  });
}

function set(pen: CanvasRenderingContext2D, text: string, weight: number, size: number): void {
  pen.font = `${weight} ${size}px ${FONT}`;
  // by its first letter, as `dir=auto` does it
  pen.direction = /^\P{L}*[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text) ? "rtl" : "ltr";
}

/** The text in lines that fit, broken between words, and within one that is longer than a line. */
function lines(pen: CanvasRenderingContext2D, text: string, most = Number.POSITIVE_INFINITY): string[] {
  const fits = (line: string) => pen.measureText(line).width <= WIDE - MARGIN * 2;
  const found: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line) found.push(line);
    line = "";
    for (const letter of word) {
      if (line && !fits(line + letter)) {
        found.push(line);
        line = "";
      }
      line += letter;
    }
  }
  found.push(line);
  if (found.length <= most) return found;
  const last = [...found[most - 1]!];
  while (last.length && !fits(`${last.join("")}…`)) last.pop();
  return [...found.slice(0, most - 1), `${last.join("")}…`];
}
