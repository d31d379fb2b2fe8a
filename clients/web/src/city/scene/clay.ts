// Geometry by hand: quads, prisms and columns gathered into one mesh, each surface with its colour and its style.
import { BufferAttribute, BufferGeometry, Color, ShapeUtils, Vector2 } from "three";
import { type Outline, wound } from "../plan";

/** How a surface is drawn beyond its colour; the numbers are read by the shader in surface.ts. */
export const Style = {
  plain: 0,
  tiles: 1,
  curtain: 2,
  offices: 3,
  brick: 4,
  blocks: 5,
  classical: 6,
  lattice: 7,
  dancheong: 8,
  panels: 9,
  wave: 10,
  leaves: 11,
  screen: 12,
  shelves: 13,
  cloth: 14,
  flagstone: 15,
  carpet: 16,
  parquet: 17,
} as const;
export type StyleNumber = (typeof Style)[keyof typeof Style];

/** What has windows: their pattern lies about the middle of a side, so that a front is alike on its left and right. */
const CENTRED: ReadonlySet<StyleNumber> = new Set([Style.offices, Style.brick, Style.classical]);

export type V3 = [number, number, number];

const colour = new Color();

export class Clay {
  private readonly positions: number[] = [];
  private readonly normals: number[] = [];
  private readonly colours: number[] = [];
  private readonly uvs: number[] = [];
  private readonly styles: number[] = [];

  get isEmpty(): boolean {
    return this.positions.length === 0;
  }

  /** A triangle, its corners counter-clockwise seen from where it shows; uv in metres. */
  triangle(
    a: V3,
    b: V3,
    c: V3,
    tint: string,
    style: StyleNumber = Style.plain,
    uv?: [number, number][],
  ): void {
    const ux = b[0] - a[0],
      uy = b[1] - a[1],
      uz = b[2] - a[2];
    const vx = c[0] - a[0],
      vy = c[1] - a[1],
      vz = c[2] - a[2];
    let nx = uy * vz - uz * vy,
      ny = uz * vx - ux * vz,
      nz = ux * vy - uy * vx;
    const length = Math.hypot(nx, ny, nz);
    if (length < 1e-9) return;
    nx /= length;
    ny /= length;
    nz /= length;
    colour.set(tint);
    [a, b, c].forEach((corner, i) => {
      this.positions.push(...corner);
      this.normals.push(nx, ny, nz);
      this.colours.push(colour.r, colour.g, colour.b);
      const [u, v] = uv?.[i] ?? [corner[0] + corner[2], corner[1]];
      this.uvs.push(u, v);
      this.styles.push(style);
    });
  }

  /** Four corners, counter-clockwise seen from where it shows. */
  quad(
    a: V3,
    b: V3,
    c: V3,
    d: V3,
    tint: string,
    style: StyleNumber = Style.plain,
    uv?: [number, number][],
  ): void {
    const at = uv ?? quadUv(a, b, d);
    this.triangle(a, b, c, tint, style, [at[0]!, at[1]!, at[2]!]);
    this.triangle(a, c, d, tint, style, [at[0]!, at[2]!, at[3]!]);
  }

  /** An upright side from (x0, z0) to (x1, z1), shown on its left hand seen from above; u runs along, v up. */
  side(
    x0: number,
    z0: number,
    x1: number,
    z1: number,
    y0: number,
    y1: number,
    tint: string,
    style: StyleNumber = Style.plain,
    from = 0,
    foot = 0,
  ): number {
    const length = Math.hypot(x1 - x0, z1 - z0);
    this.quad([x1, y0, z1], [x0, y0, z0], [x0, y1, z0], [x1, y1, z1], tint, style, [
      [from + length, y0 - foot],
      [from, y0 - foot],
      [from, y1 - foot],
      [from + length, y1 - foot],
    ]);
    return from + length;
  }

  /** A flat face over an outline. */
  lid(outline: Outline, y: number, tint: string, style: StyleNumber = Style.plain): void {
    const round = wound(outline);
    const flat = round.map(([x, z]) => new Vector2(x, z));
    for (const [i, j, k] of ShapeUtils.triangulateShape(flat, []) as [number, number, number][]) {
      const corner = (n: number): V3 => [round[n]![0], y, round[n]![1]];
      const uv = (n: number): [number, number] => round[n]!;
      // the winding of the plan has y up, so that the order is turned round
      const cross =
        (round[j]![0] - round[i]![0]) * (round[k]![1] - round[i]![1]) -
        (round[k]![0] - round[i]![0]) * (round[j]![1] - round[i]![1]);
      if (cross < 0) this.triangle(corner(i), corner(j), corner(k), tint, style, [uv(i), uv(j), uv(k)]);
      else this.triangle(corner(i), corner(k), corner(j), tint, style, [uv(i), uv(k), uv(j)]);
    }
  }

  /** An outline raised from y0 to y1, its top `taper` times as wide about its middle. */
  prism(
    outline: Outline,
    y0: number,
    y1: number,
    tint: string,
    style: StyleNumber = Style.plain,
    { taper = 1, top = tint, topStyle = Style.plain as StyleNumber, lid = true } = {},
  ): void {
    const low = wound(outline);
    const high = taper === 1 ? low : scaled(low, taper);
    let from = 0;
    for (let i = 0; i < low.length; i++) {
      const j = (i + 1) % low.length;
      const [a, b, c, d] = [low[i]!, low[j]!, high[j]!, high[i]!];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
      if (CENTRED.has(style)) from = -length / 2;
      this.quad([b[0], y0, b[1]], [a[0], y0, a[1]], [d[0], y1, d[1]], [c[0], y1, c[1]], tint, style, [
        [from + length, 0],
        [from, 0],
        [from, y1 - y0],
        [from + length, y1 - y0],
      ]);
      from += length;
    }
    if (lid && taper > 0.01) this.lid(high, y1, top, topStyle);
  }

  box(
    x0: number,
    y0: number,
    z0: number,
    x1: number,
    y1: number,
    z1: number,
    tint: string,
    style: StyleNumber = Style.plain,
  ): void {
    this.prism(
      [
        [x0, z0],
        [x1, z0],
        [x1, z1],
        [x0, z1],
      ],
      y0,
      y1,
      tint,
      style,
    );
  }

  /** A round column. */
  column(
    x: number,
    z: number,
    radius: number,
    y0: number,
    y1: number,
    tint: string,
    sides = 8,
    taper = 1,
    style: StyleNumber = Style.plain,
  ): void {
    this.prism(ring(x, z, radius, sides), y0, y1, tint, style, { taper });
  }

  /** Surfaces between rings of the same number of points, from low to high. */
  loft(rings: V3[][], tint: string, style: StyleNumber = Style.plain): void {
    let v = 0;
    for (let level = 0; level + 1 < rings.length; level++) {
      const low = rings[level]!;
      const high = rings[level + 1]!;
      const rise = Math.hypot(high[0]![0] - low[0]![0], high[0]![1] - low[0]![1], high[0]![2] - low[0]![2]);
      let u = 0;
      for (let i = 0; i < low.length; i++) {
        const j = (i + 1) % low.length;
        const along = Math.hypot(low[j]![0] - low[i]![0], low[j]![2] - low[i]![2]);
        this.quad(low[j]!, low[i]!, high[i]!, high[j]!, tint, style, [
          [u + along, v],
          [u, v],
          [u, v + rise],
          [u + along, v + rise],
        ]);
        u += along;
      }
      v += rise;
    }
  }

  geometry(): BufferGeometry {
    const made = new BufferGeometry();
    const give = (name: string, numbers: number[], size: number) =>
      made.setAttribute(name, new BufferAttribute(new Float32Array(numbers), size));
    give("position", this.positions, 3);
    give("normal", this.normals, 3);
    give("color", this.colours, 3);
    give("uvM", this.uvs, 2);
    give("style", this.styles, 1);
    return made;
  }
}

function quadUv(a: V3, b: V3, d: V3): [number, number][] {
  const across = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  const up = Math.hypot(d[0] - a[0], d[1] - a[1], d[2] - a[2]);
  return [
    [0, 0],
    [across, 0],
    [across, up],
    [0, up],
  ];
}

export function ring(x: number, z: number, radius: number, sides: number, turn = 0): Outline {
  return Array.from({ length: sides }, (_, i) => {
    const t = turn + ((i + 0.5) / sides) * Math.PI * 2;
    return [x + Math.cos(t) * radius, z + Math.sin(t) * radius];
  });
}

export function scaled(outline: Outline, by: number): Outline {
  const n = outline.length;
  const mx = outline.reduce((sum, [x]) => sum + x, 0) / n;
  const mz = outline.reduce((sum, [, z]) => sum + z, 0) / n;
  return outline.map(([x, z]) => [mx + (x - mx) * by, mz + (z - mz) * by]);
}

export function boxOf(x0: number, z0: number, x1: number, z1: number): Outline {
  return [
    [x0, z0],
    [x1, z0],
    [x1, z1],
    [x0, z1],
  ];
}
