// A person's body: rounded parts that turn at hips, knees, shoulders and neck; hats, skirts and wheels that some wear.
import { BufferAttribute, InstancedBufferGeometry } from "three";
import { Wear } from "./wear";

/** Which part of the body a point belongs to; read by the shader in walk_cycle.ts. */
export const Part = { body: 0, left_leg: 1, right_leg: 2, left_arm: 3, right_arm: 4, head: 5 } as const;

/** With what it is painted. */
export const Paint = { skin: 0, top: 1, bottom: 2, hair: 3, shoe: 4, white: 5, dark: 6 } as const;

type V3 = [number, number, number];

interface Ring {
  y: number;
  rx: number;
  rz: number;
  x?: number;
  z?: number;
}

class Body {
  readonly position: number[] = [];
  readonly normal: number[] = [];
  readonly kind: number[] = [];

  constructor(private readonly sides: number) {}

  /** A rounded tube through rings from low to high. */
  tube(rings: Ring[], part: number, paint: number, wear: number = Wear.always, sides = this.sides): void {
    const point = (ring: Ring, i: number): V3 => {
      const t = (i / sides) * Math.PI * 2;
      return [(ring.x ?? 0) + Math.cos(t) * ring.rx, ring.y, (ring.z ?? 0) + Math.sin(t) * ring.rz];
    };
    const normalAt = (level: number, i: number): V3 => {
      const t = (i / sides) * Math.PI * 2;
      const low = rings[Math.max(0, level - 1)]!;
      const high = rings[Math.min(rings.length - 1, level + 1)]!;
      const rise = high.y - low.y || 1e-3;
      const slope = (low.rx + low.rz - high.rx - high.rz) / 2 / rise;
      const n: V3 = [Math.cos(t), slope, Math.sin(t)];
      const length = Math.hypot(...n);
      return [n[0] / length, n[1] / length, n[2] / length];
    };
    for (let level = 0; level + 1 < rings.length; level++) {
      const [low, high] = [rings[level]!, rings[level + 1]!];
      for (let i = 0; i < sides; i++) {
        const corners: [V3, V3][] = [
          [point(low, i), normalAt(level, i)],
          [point(high, i), normalAt(level + 1, i)],
          [point(high, i + 1), normalAt(level + 1, i + 1)],
          [point(low, i + 1), normalAt(level, i + 1)],
        ];
        for (const k of [0, 1, 2, 0, 2, 3]) {
          const [at, n] = corners[k]!;
          this.position.push(...at);
          this.normal.push(...n);
          this.kind.push(part, paint, wear);
        }
      }
    }
  }

  ball(
    x: number,
    y: number,
    z: number,
    rx: number,
    ry: number,
    rz: number,
    part: number,
    paint: number,
    wear: number = Wear.always,
    from = -1,
    to = 1,
  ): void {
    const rows = Math.max(3, Math.round(this.sides * 0.6));
    const rings: Ring[] = [];
    for (let i = 0; i <= rows; i++) {
      const t = (from + ((to - from) * i) / rows) * (Math.PI / 2);
      rings.push({
        y: y + Math.sin(t) * ry,
        rx: Math.max(0.001, Math.cos(t) * rx),
        rz: Math.max(0.001, Math.cos(t) * rz),
        x,
        z,
      });
    }
    this.tube(rings, part, paint, wear);
  }

  geometry(): InstancedBufferGeometry {
    const made = new InstancedBufferGeometry();
    made.setAttribute("position", new BufferAttribute(new Float32Array(this.position), 3));
    made.setAttribute("normal", new BufferAttribute(new Float32Array(this.normal), 3));
    made.setAttribute("kind", new BufferAttribute(new Float32Array(this.kind), 3));
    return made;
  }
}

/** Feet at 0, 1.66 m high, facing +z; `detail` 2 near by, 1 further, 0 far away. */
export function figure(detail: 0 | 1 | 2): InstancedBufferGeometry {
  const sides = [4, 6, 10][detail]!;
  const body = new Body(sides);
  const fine = detail > 0;

  for (const side of [-1, 1] as const) {
    const leg = side < 0 ? Part.right_leg : Part.left_leg;
    const arm = side < 0 ? Part.right_arm : Part.left_arm;
    const x = side * 0.1;
    body.tube(
      [
        { y: 0.07, rx: 0.062, rz: 0.066, x },
        { y: 0.4, rx: 0.072, rz: 0.076, x },
        { y: 0.62, rx: 0.09, rz: 0.094, x },
        { y: 0.8, rx: 0.1, rz: 0.11, x },
      ],
      leg,
      Paint.bottom,
    );
    if (fine) body.ball(x, 0.055, 0.045, 0.07, 0.058, 0.125, leg, Paint.shoe);
    const ax = side * 0.235;
    body.tube(
      [
        { y: 0.8, rx: 0.046, rz: 0.048, x: ax + side * 0.035 },
        { y: 1.0, rx: 0.055, rz: 0.058, x: ax + side * 0.02 },
        { y: 1.2, rx: 0.068, rz: 0.07, x: ax },
        { y: 1.265, rx: 0.03, rz: 0.03, x: ax - side * 0.02 },
      ],
      arm,
      Paint.top,
    );
    if (fine) body.ball(ax + side * 0.04, 0.755, 0.01, 0.05, 0.065, 0.05, arm, Paint.skin);
  }
  body.tube(
    [
      { y: 0.72, rx: 0.16, rz: 0.115 },
      { y: 0.8, rx: 0.195, rz: 0.135 },
      { y: 0.96, rx: 0.175, rz: 0.12 },
      { y: 1.12, rx: 0.205, rz: 0.135 },
      { y: 1.24, rx: 0.195, rz: 0.12 },
      { y: 1.3, rx: 0.09, rz: 0.085 },
    ],
    Part.body,
    Paint.top,
  );
  body.tube(
    [
      { y: 1.28, rx: 0.062, rz: 0.062 },
      { y: 1.36, rx: 0.06, rz: 0.06 },
    ],
    Part.body,
    Paint.skin,
  );
  body.ball(0, 1.475, 0.005, 0.145, 0.165, 0.15, Part.head, Paint.skin);
  // hair: a cap that leaves the face free
  body.ball(0, 1.505, -0.036, 0.157, 0.155, 0.152, Part.head, Paint.hair, Wear.always, 0.2, 1);
  body.ball(0, 1.47, -0.055, 0.15, 0.15, 0.12, Part.head, Paint.hair, Wear.always, -0.35, 1);
  if (fine) {
    for (const x of [-0.055, 0.055]) body.ball(x, 1.475, 0.141, 0.019, 0.027, 0.013, Part.head, Paint.dark);
    body.ball(0, 1.44, 0.152, 0.02, 0.016, 0.016, Part.head, Paint.skin);
  }
  if (detail === 2) {
    // brows and a mouth, seen from where one talks to somebody
    const line = (x: number, y: number, wide: number, paint: number) =>
      body.tube(
        [
          { y, rx: wide, rz: 0.012, x, z: 0.137 },
          { y: y + 0.009, rx: wide * 0.8, rz: 0.012, x, z: 0.137 },
        ],
        Part.head,
        paint,
        Wear.always,
        4,
      );
    for (const x of [-0.056, 0.056]) line(x, 1.514, 0.028, Paint.hair);
    line(0, 1.396, 0.021, Paint.dark);
    for (const x of [-0.026, 0.026]) line(x, 1.402, 0.011, Paint.dark);
  }
  body.tube(
    [
      { y: 1.16, rx: 0.13, rz: 0.075, z: -0.09 },
      { y: 1.4, rx: 0.155, rz: 0.1, z: -0.06 },
    ],
    Part.head,
    Paint.hair,
    Wear.long_hair,
  );
  body.ball(0, 1.585, -0.13, 0.07, 0.07, 0.07, Part.head, Paint.hair, Wear.bun);

  body.tube(
    [
      { y: 0.42, rx: 0.27, rz: 0.23 },
      { y: 0.8, rx: 0.205, rz: 0.15 },
      { y: 0.9, rx: 0.18, rz: 0.125 },
    ],
    Part.body,
    Paint.bottom,
    Wear.skirt,
  );
  // the wide skirt of a hanbok, tied above the chest, and its short jacket
  body.tube(
    [
      { y: 0.05, rx: 0.43, rz: 0.4 },
      { y: 0.35, rx: 0.41, rz: 0.37 },
      { y: 0.8, rx: 0.28, rz: 0.22 },
      { y: 1.08, rx: 0.205, rz: 0.145 },
    ],
    Part.body,
    Paint.bottom,
    Wear.hanbok,
  );
  body.tube(
    [
      { y: 0.36, rx: 0.24, rz: 0.19 },
      { y: 0.8, rx: 0.21, rz: 0.155 },
      { y: 1.16, rx: 0.22, rz: 0.15 },
    ],
    Part.body,
    Paint.top,
    Wear.coat,
  );
  if (fine) {
    body.tube(
      [
        { y: 1.02, rx: 0.014, rz: 0.01, x: 0.04, z: 0.17 },
        { y: 1.2, rx: 0.03, rz: 0.012, x: 0.02, z: 0.135 },
      ],
      Part.body,
      Paint.white,
      Wear.hanbok,
      4,
    );
  }
  // gat: the horsehair hat of a scholar
  body.tube(
    [
      { y: 1.6, rx: 0.31, rz: 0.31 },
      { y: 1.612, rx: 0.31, rz: 0.31 },
      { y: 1.615, rx: 0.12, rz: 0.12 },
      { y: 1.78, rx: 0.095, rz: 0.095 },
      { y: 1.785, rx: 0.002, rz: 0.002 },
    ],
    Part.head,
    Paint.dark,
    Wear.gat,
  );
  body.ball(0, 1.53, -0.01, 0.168, 0.15, 0.17, Part.head, Paint.white, Wear.cap, 0.1, 1);
  body.tube(
    [
      { y: 1.535, rx: 0.11, rz: 0.1, z: 0.15 },
      { y: 1.555, rx: 0.1, rz: 0.09, z: 0.14 },
    ],
    Part.head,
    Paint.white,
    Wear.cap,
  );
  body.tube(
    [
      { y: 0.84, rx: 0.13, rz: 0.07, z: -0.18 },
      { y: 1.2, rx: 0.125, rz: 0.075, z: -0.17 },
      { y: 1.24, rx: 0.08, rz: 0.04, z: -0.15 },
    ],
    Part.body,
    Paint.shoe,
    Wear.bag,
  );
  if (detail > 0) wheelchair(body);
  return body.geometry();
}

/** Two wheels and a seat; who sits in it does not walk, and goes as fast. */
function wheelchair(body: Body): void {
  for (const x of [-0.3, 0.3]) {
    const n = 14;
    for (let i = 0; i < n; i++) {
      const [a, b] = [(i / n) * Math.PI * 2, ((i + 1) / n) * Math.PI * 2];
      const at = (t: number, r: number, dx: number): V3 => [
        x + dx,
        0.3 + Math.sin(t) * r,
        -0.05 + Math.cos(t) * r,
      ];
      const corners = [at(a, 0.3, 0), at(b, 0.3, 0), at(b, 0.25, 0), at(a, 0.25, 0)];
      for (const k of [0, 1, 2, 0, 2, 3, 0, 2, 1, 0, 3, 2]) {
        body.position.push(...corners[k]!);
        body.normal.push(Math.sign(x), 0, 0);
        body.kind.push(Part.body, Paint.dark, Wear.chair);
      }
    }
  }
  body.tube(
    [
      { y: 0.36, rx: 0.26, rz: 0.24 },
      { y: 0.42, rx: 0.26, rz: 0.24 },
    ],
    Part.body,
    Paint.dark,
    Wear.chair,
  );
  body.tube(
    [
      { y: 0.42, rx: 0.24, rz: 0.03, z: -0.24 },
      { y: 0.86, rx: 0.24, rz: 0.03, z: -0.28 },
    ],
    Part.body,
    Paint.dark,
    Wear.chair,
  );
}
