// Everyone in view: three instanced draws, one for each level of detail, and a fourth for the shadows under their feet.
import {
  DynamicDrawUsage,
  Group,
  InstancedBufferGeometry,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  type Material,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
} from "three";
import { figure } from "./figure";
import { type Look, lookOf } from "./look";
import { bodies, shadowBodies } from "./walk_cycle";

/** Up to here bodies have fingers, so to speak; up to there knees. Metres. */
const NEAR_M = 22;
const MIDDLE_M = 60;
const MOST_NEAR = 120;

/** Numbers of one body: place and yaw, state, look. */
const STRIDE = 12;

/** Where others are shown at one moment, in columns. */
export interface Shown {
  readonly count: number;
  readonly slot: Uint16Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  readonly yaw: Float32Array;
  readonly stance: Uint8Array;
  readonly speed: Float32Array;
}

export interface Self {
  x: number;
  y: number;
  z: number;
  yaw: number;
  stance: number;
  speed: number;
  look: Look;
  visible: boolean;
}

class Level {
  readonly mesh: Mesh;
  count = 0;
  numbers: Float32Array;
  private buffer: InstancedInterleavedBuffer;
  private capacity: number;
  private readonly geometry: InstancedBufferGeometry;

  constructor(geometry: InstancedBufferGeometry, material: Material, capacity: number) {
    this.geometry = geometry;
    this.capacity = capacity;
    this.numbers = new Float32Array(capacity * STRIDE);
    this.buffer = this.bind();
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
  }

  private bind(): InstancedInterleavedBuffer {
    const buffer = new InstancedInterleavedBuffer(this.numbers, STRIDE);
    buffer.setUsage(DynamicDrawUsage);
    this.geometry.setAttribute("iPlace", new InterleavedBufferAttribute(buffer, 4, 0));
    this.geometry.setAttribute("iState", new InterleavedBufferAttribute(buffer, 4, 4));
    this.geometry.setAttribute("iLook", new InterleavedBufferAttribute(buffer, 4, 8));
    return buffer;
  }

  /** Room for one more; where its numbers begin. */
  next(): number {
    if (this.count === this.capacity) {
      this.capacity *= 2;
      const grown = new Float32Array(this.capacity * STRIDE);
      grown.set(this.numbers);
      this.numbers = grown;
      this.geometry.dispose();
      this.buffer = this.bind();
    }
    return this.count++ * STRIDE;
  }

  flush(): void {
    this.geometry.instanceCount = this.count;
    this.mesh.visible = this.count > 0;
    this.buffer.clearUpdateRanges();
    this.buffer.addUpdateRange(0, this.count * STRIDE);
    this.buffer.needsUpdate = true;
  }
}

/** A shadow lies over every floor, the layers of a room's too, and is hidden by what stands before it; metres. */
const OVER_FLOORS_M = 0.08;

const BLOB_V = /* glsl */ `
  attribute vec4 iPlace;
  varying vec2 vUv;
  void main() {
    vUv = uv * 2.0 - 1.0;
    gl_Position = projectionMatrix * viewMatrix * vec4(iPlace.x + position.x * 0.42, iPlace.y + ${OVER_FLOORS_M}, iPlace.z - position.y * 0.42, 1.0);
  }
`;
const BLOB_F =
  "varying vec2 vUv; void main() { gl_FragColor = vec4(0.06, 0.06, 0.1, 0.42 * smoothstep(1.0, 0.1, length(vUv))); }";

/** A step of both legs, and how much of it a metre is; radians. */
const STEP = 2 * Math.PI;
const STEP_A_METRE = 4.4;

/** Slots are told in sixteen bits; after them comes oneself. */
const SLOTS = 65_536;
const SELF = SLOTS;

/** How far those fade whom one does not want to see so near, or at all. */
const FADED = 0.86;

export class Crowd {
  readonly group = new Group();
  /** Others fade who come nearer to oneself than this, metres; 0: nobody. */
  bubbleM = 0;
  /** Slots of those whom one has blocked. */
  readonly blocked = new Set<number>();
  /** How many bodies the last frame drew, by level. */
  readonly drawn: [near: number, middle: number, far: number] = [0, 0, 0];
  private readonly levels: [Level, Level, Level];
  private readonly blobs: Level;
  private readonly phases = new Float32Array(SLOTS + 1);
  /** By slot; of whom nothing is known yet, none. */
  private readonly looks: (Look | undefined)[] = new Array(SLOTS).fill(undefined);
  private tiles = new Float32Array(0);
  private tiled = 0;

  constructor() {
    const material = bodies();
    this.levels = [
      new Level(figure(2), material, 256),
      new Level(figure(1), material, 1024),
      new Level(figure(0), material, 4096),
    ];
    const [near] = this.levels;
    near.mesh.castShadow = true;
    near.mesh.customDepthMaterial = shadowBodies();
    for (const level of this.levels) {
      level.mesh.receiveShadow = true;
      this.group.add(level.mesh);
    }
    const disc = new InstancedBufferGeometry();
    const plane = new PlaneGeometry(2, 2);
    disc.index = plane.index;
    disc.setAttribute("position", plane.getAttribute("position"));
    disc.setAttribute("uv", plane.getAttribute("uv"));
    this.blobs = new Level(
      disc,
      new ShaderMaterial({
        vertexShader: BLOB_V,
        fragmentShader: BLOB_F,
        transparent: true,
        depthWrite: false,
      }),
      4096,
    );
    this.blobs.mesh.renderOrder = -3;
    this.group.add(this.blobs.mesh);
  }

  /** How the citizen behind a slot looks, once it is known. */
  dress(slot: number, look: Look): void {
    this.looks[slot] = look;
  }

  /** Slots are given anew: after every welcome, in every district. */
  forget(): void {
    this.looks.fill(undefined);
    this.blocked.clear();
    this.tiled = 0;
  }

  /** The crowd beyond the view: so many in each tile, standing where chance puts them, the same chance each time. */
  scatter(
    tiles: Iterable<{ tile: number; count: number; heading: number }>,
    tileM: number,
    columns: number,
  ): void {
    let n = 0;
    for (const { tile, count, heading } of tiles) {
      if ((n + count) * 4 > this.tiles.length) {
        const grown = new Float32Array(Math.max(1024, (n + count) * 8));
        grown.set(this.tiles);
        this.tiles = grown;
      }
      const left = (tile % columns) * tileM;
      const top = Math.floor(tile / columns) * tileM;
      for (let i = 0; i < count; i++) {
        this.tiles[n * 4] = left + speckle(tile, i, 1) * tileM;
        this.tiles[n * 4 + 1] = top + speckle(tile, i, 2) * tileM;
        this.tiles[n * 4 + 2] = heading + (speckle(tile, i, 3) - 0.5) * 2.4;
        this.tiles[n * 4 + 3] = speckle(tile, i, 4);
        n++;
      }
    }
    this.tiled = n;
  }

  /** Draws everyone as seen from (cx, cz) looking along (fx, fz). */
  show(others: Shown, self: Self, cx: number, cz: number, fx: number, fz: number, dt: number): void {
    const [near, middle, far] = this.levels;
    near.count = middle.count = far.count = this.blobs.count = 0;
    const bubble = this.bubbleM * this.bubbleM;
    const { slot, x, y, z, yaw, stance, speed } = others;
    const { phases, looks } = this;
    const isBlocking = this.blocked.size > 0;
    for (let i = 0; i < others.count; i++) {
      const dx = x[i]! - cx;
      const dz = z[i]! - cz;
      const who = slot[i]!;
      const fast = speed[i]!;
      if (fast > 0) phases[who] = stepped(phases[who]!, fast, dt);
      if (dx * fx + dz * fz < -4) continue; // behind whoever looks
      const away = dx * dx + dz * dz;
      const level =
        away < NEAR_M * NEAR_M && near.count < MOST_NEAR ? near : away < MIDDLE_M * MIDDLE_M ? middle : far;
      let look = looks[who];
      if (!look) {
        look = lookOf(who);
        looks[who] = look;
      }
      const sx = x[i]! - self.x;
      const sz = z[i]! - self.z;
      const fade = sx * sx + sz * sz < bubble || (isBlocking && this.blocked.has(who)) ? FADED : 0;
      put(level, x[i]!, y[i]!, z[i]!, yaw[i]!, stance[i]!, phases[who]!, fast, look, fade);
      if (level !== far) shade(this.blobs, x[i]!, y[i]!, z[i]!);
    }
    for (let i = 0; i < this.tiled; i++) {
      const tx = this.tiles[i * 4]!;
      const tz = this.tiles[i * 4 + 1]!;
      if ((tx - cx) * fx + (tz - cz) * fz < 0) continue;
      const seed = Math.floor(this.tiles[i * 4 + 3]! * 512);
      put(far, tx, 0, tz, this.tiles[i * 4 + 2]!, 0, 0, 0, FAR_LOOKS[seed]!);
    }
    if (self.visible) {
      phases[SELF] = stepped(phases[SELF]!, self.speed, dt);
      put(near, self.x, self.y, self.z, self.yaw, self.stance, phases[SELF]!, self.speed, self.look);
      shade(this.blobs, self.x, self.y, self.z);
    }
    for (const level of this.levels) level.flush();
    this.blobs.flush();
    this.drawn[0] = near.count;
    this.drawn[1] = middle.count;
    this.drawn[2] = far.count;
  }
}

/** Chance that all share, of numbers: from 0 to 1, the same for the same three. */
function speckle(tile: number, i: number, k: number): number {
  let hash = Math.imul(tile + 1, 0x9e3779b1) ^ Math.imul(i + 1, 0x85ebca6b) ^ Math.imul(k, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

const FAR_LOOKS = Array.from({ length: 512 }, (_, i) => lookOf(`far ${i}`));

/** How far on in their step someone is, so many seconds later. */
function stepped(phase: number, speed: number, dt: number): number {
  const next = phase + speed * dt * STEP_A_METRE;
  return next < STEP ? next : next % STEP;
}

/** The shadow under someone's feet. */
function shade(blobs: Level, x: number, y: number, z: number): void {
  const at = blobs.next();
  blobs.numbers[at] = x;
  blobs.numbers[at + 1] = y;
  blobs.numbers[at + 2] = z;
}

function put(
  level: Level,
  x: number,
  y: number,
  z: number,
  yaw: number,
  stance: number,
  phase: number,
  speed: number,
  look: Look,
  fade = 0,
): void {
  const at = level.next();
  const numbers = level.numbers;
  numbers[at] = x;
  numbers[at + 1] = y;
  numbers[at + 2] = z;
  numbers[at + 3] = yaw;
  numbers[at + 4] = stance;
  numbers[at + 5] = phase;
  numbers[at + 6] = speed;
  numbers[at + 7] = fade;
  numbers[at + 8] = look[0];
  numbers[at + 9] = look[1];
  numbers[at + 10] = look[2];
  numbers[at + 11] = look[3];
}
