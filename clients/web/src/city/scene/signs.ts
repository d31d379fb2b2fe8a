// Signs over zones and portals: one texture, one draw; they turn to who looks, fade with distance, and never overlap.
// A sign is seen whole or not at all: none is cut by a wall, so it is drawn over everything, and not where a house hides it.
import {
  CanvasTexture,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  type PerspectiveCamera,
  PlaneGeometry,
  ShaderMaterial,
  SRGBColorSpace,
  Vector3,
} from "three";
import {
  type Building,
  contains,
  type District,
  type Language,
  middle,
  signedArea,
  type Text,
} from "../plan";
import { around, screenOf } from "./screens";
import { shared } from "./shading";
import { Sight, type Solid } from "./sight";

const WIDE = 512;
const HIGH = 128;
const COLUMNS = 4;

/** A sign is so many metres high for each metre that it is away, from the least to the most; four times as wide. */
const SIZE = 0.045;
const LEAST_M = 0.5;
const MOST_M = 3.6;

/** Nearer than this it would hang before all that is to be seen. */
const TOO_NEAR_M = 5;

/** So often it comes or goes whole, a second. */
const FADES_PER_S = 4;

const VERTEX = /* glsl */ `
  attribute vec3 place;
  attribute vec2 cell;
  attribute float reach;
  attribute float shown;
  uniform vec2 uCells;
  varying vec2 vUv;
  varying float vShow;
  void main() {
    vec4 at = modelViewMatrix * vec4(place, 1.0);
    float far = -at.z;
    float size = clamp(far * ${SIZE}, ${LEAST_M.toFixed(1)}, ${MOST_M.toFixed(1)});
    at.xy += position.xy * vec2(4.0, 1.0) * size;
    vUv = (cell + vec2(uv.x, 1.0 - uv.y)) / uCells;
    vShow = smoothstep(reach, reach * 0.7, far) * smoothstep(${TOO_NEAR_M.toFixed(1)}, 9.0, far) * shown;
    gl_Position = projectionMatrix * at;
    if (vShow < 0.01) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  }
`;

const FRAGMENT = /* glsl */ `
  uniform sampler2D uMap;
  uniform float uNight;
  varying vec2 vUv;
  varying float vShow;
  void main() {
    vec4 c = texture2D(uMap, vec2(vUv.x, 1.0 - vUv.y));
    gl_FragColor = vec4(c.rgb, c.a * vShow);
    if (gl_FragColor.a < 0.02) discard;
    #include <colorspace_fragment>
  }
`;

/** A sign as it lies in the picture: its middle and half its sides, by the picture's; infinitely far where it is not seen. */
interface Seen {
  sign: number;
  far: number;
  x: number;
  y: number;
  wide: number;
  high: number;
}

interface Sign {
  name: Text;
  /** From how far it is read, metres: a plaza's across the district, a room's about the house. */
  reach: number;
  x: number;
  y: number;
  z: number;
  way: boolean;
  /** The house in which it hangs: it is read there, and nowhere else. */
  house: Building | undefined;
}

/** Over the screen of a stage, of which it hides nothing, its sign hangs so high; metres. */
const OVER_SCREEN_M = 1.2;

/** So deep a screen is to who asks what it hides: no line of sight steps over it. */
const SCREEN_DEEP_M = 2.7;

/** Over a gate or a pavilion its sign hangs so high above the roof, and never higher than this; metres. */
const OVER_M = 1.6;
const HIGHEST_M = 14;

function signsOf(district: District, houses: readonly Building[]): Sign[] {
  const zones = district.zones.map(({ id, name, polygon, kind }): Sign => {
    const [x, z] = middle(polygon);
    const house = houses.find((each) => contains(each.footprint, x, z));
    const above = district.buildings.filter(({ footprint }) => contains(footprint, x, z));
    const reach = Math.min(190, (house ? 26 : 60) + Math.sqrt(Math.abs(signedArea(polygon))) * 0.9);
    const stage = kind === "stage" && district.stages.find(({ zone }) => zone === id);
    const screen = stage && screenOf(stage, district);
    const open = kind === "plaza" || kind === "garden" ? 7 : 6;
    return {
      name,
      reach,
      x,
      z,
      y: screen
        ? screen.top + OVER_SCREEN_M
        : house
          ? 3.3
          : Math.max(open, Math.min(HIGHEST_M, OVER_M + Math.max(0, ...above.map(heightOf)))),
      way: false,
      house,
    };
  });
  const portals = district.portals.map(
    ({ name, at }): Sign => ({
      name,
      reach: 90,
      x: at[0],
      z: at[1],
      y: 7.1,
      way: true,
      house: houses.find((each) => contains(each.footprint, at[0], at[1])),
    }),
  );
  return [...zones, ...portals];
}

/** What the screens of the stages hide: also in a house, where nothing else does. */
function screensOf(district: District): Solid[] {
  return district.stages.flatMap((stage) => {
    const screen = screenOf(stage, district);
    if (!screen) return [];
    const { half, back, top } = screen;
    const at = around(stage);
    const [front, rear] = [back + 0.3, back - SCREEN_DEEP_M];
    return [
      {
        footprint: [at(-half, front), at(half, front), at(half, rear), at(-half, rear)],
        base: 0,
        height: top,
      },
    ];
  });
}

function heightOf({ height }: Building): number {
  return height;
}

/** The signs in one picture; into `shares` goes how much of its cell's width each takes. */
function draw(signs: Sign[], language: Language, rows: number, shares: Float32Array): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = WIDE * COLUMNS;
  canvas.height = HIGH * rows;
  const pen = canvas.getContext("2d")!;
  const other: Language = language === "ko" ? "en" : "ko";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  signs.forEach(({ name, way }, i) => {
    const x = (i % COLUMNS) * WIDE;
    const y = Math.floor(i / COLUMNS) * HIGH;
    const fit = (text: string, size: number, weight: number) => {
      pen.font = `${weight} ${size}px "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif`;
      return Math.min(1, (WIDE - 72) / pen.measureText(text).width);
    };
    const scale = fit(name[language], 52, 700);
    const width = Math.min(WIDE - 16, Math.max(170, pen.measureText(name[language]).width * scale + 64));
    const left = x + (WIDE - width) / 2;
    shares[i] = width / WIDE;
    pen.fillStyle = way ? "rgba(148, 47, 36, 0.94)" : "rgba(250, 244, 232, 0.94)";
    pen.beginPath();
    pen.roundRect(left, y + 14, width, HIGH - 28, 16);
    pen.fill();
    pen.fillStyle = way ? "#f3cf8a" : "#2f6f64";
    pen.fillRect(left + 18, y + HIGH - 22, width - 36, 3);
    pen.fillStyle = way ? "#fff6e6" : "#2a2723";
    pen.font = pen.font.replace("52px", `${Math.round(52 * scale)}px`);
    pen.fillText(name[language], x + WIDE / 2, y + 50);
    const small = Math.min(1, fit(name[other], 22, 500), (width - 36) / pen.measureText(name[other]).width);
    pen.font = pen.font.replace("22px", `${Math.round(22 * small)}px`);
    pen.fillStyle = way ? "#f0d9bd" : "#6e675b";
    pen.fillText(name[other], x + WIDE / 2, y + 92);
  });
  return canvas;
}

export class Signs {
  readonly mesh: Mesh;
  private readonly material: ShaderMaterial;
  private readonly signs: Sign[];
  private readonly rows: number;
  /** Zones in which one stands: told above, and their signs would hang before all that is to be seen there. */
  private readonly stood = new Set<number>();
  private readonly shares: Float32Array;
  /** How much of each is shown now, and whether it is to be. */
  private readonly shown: InstancedBufferAttribute;
  private readonly wanted: Uint8Array;
  private readonly at = new Vector3();
  private readonly seen: Seen[];
  private readonly sight: Sight;
  private readonly screens: Sight;
  /** The house in which one stands. */
  private house: Building | undefined;

  /** Into `houses` one may go; what else is built there hides what is behind it, and so do they. */
  constructor(
    private readonly district: District,
    private readonly houses: readonly Building[],
    language: Language,
  ) {
    this.signs = signsOf(district, houses);
    this.sight = new Sight(
      district.buildings.filter(({ height, look }) => height > 2.5 && look !== "mountain"),
    );
    this.screens = new Sight(screensOf(district));
    this.rows = Math.max(1, Math.ceil(this.signs.length / COLUMNS));
    const geometry = new InstancedBufferGeometry();
    const plane = new PlaneGeometry(1, 1);
    geometry.index = plane.index;
    geometry.setAttribute("position", plane.getAttribute("position"));
    geometry.setAttribute("uv", plane.getAttribute("uv"));
    const at = (numbers: number[], size: number) =>
      new InstancedBufferAttribute(new Float32Array(numbers), size);
    geometry.setAttribute(
      "place",
      at(
        this.signs.flatMap(({ x, y, z }) => [x, y, z]),
        3,
      ),
    );
    geometry.setAttribute(
      "cell",
      at(
        this.signs.flatMap((_, i) => [i % COLUMNS, Math.floor(i / COLUMNS)]),
        2,
      ),
    );
    geometry.setAttribute(
      "reach",
      at(
        this.signs.map(({ reach }) => reach),
        1,
      ),
    );
    const n = this.signs.length;
    this.shares = new Float32Array(n);
    this.wanted = new Uint8Array(n);
    this.seen = this.signs.map((_, sign) => ({ sign, far: 0, x: 0, y: 0, wide: 0, high: 0 }));
    this.shown = new InstancedBufferAttribute(new Float32Array(n), 1);
    this.shown.setUsage(DynamicDrawUsage);
    geometry.setAttribute("shown", this.shown);
    geometry.instanceCount = n;
    this.material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        uMap: { value: null },
        uCells: { value: [COLUMNS, this.rows] },
        uNight: shared.uNight,
      },
      transparent: true,
      depthTest: false,
      depthWrite: false,
    });
    this.mesh = new Mesh(geometry, this.material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 5;
    this.speak(language);
  }

  /** Takes down the signs of what one stands in. */
  stand(x: number, z: number): void {
    this.stood.clear();
    this.house = this.houses.find(({ footprint }) => contains(footprint, x, z));
    for (const [i, { polygon }] of this.district.zones.entries())
      if (contains(polygon, x, z)) this.stood.add(i);
  }

  /** Takes down what would lie over a nearer sign, or is behind a house, as this eye sees them. */
  arrange({ projectionMatrix, matrixWorldInverse, position }: PerspectiveCamera): void {
    const [across, up] = [projectionMatrix.elements[0]!, projectionMatrix.elements[5]!];
    for (const seen of this.seen) {
      const { x, y, z, reach, house } = this.signs[seen.sign]!;
      const { at } = this;
      at.set(x, y, z).applyMatrix4(matrixWorldInverse);
      seen.far = -at.z;
      const isElsewhere = house !== this.house || this.stood.has(seen.sign);
      if (isElsewhere || seen.far < TOO_NEAR_M || seen.far > reach) {
        seen.far = Number.POSITIVE_INFINITY;
        continue;
      }
      const size = Math.min(MOST_M, Math.max(LEAST_M, seen.far * SIZE)) / 2;
      seen.x = (at.x * across) / seen.far;
      seen.y = (at.y * up) / seen.far;
      seen.wide = (size * 4 * this.shares[seen.sign]! * across) / seen.far;
      seen.high = (size * up) / seen.far;
    }
    this.seen.sort((a, b) => a.far - b.far);
    this.wanted.fill(0);
    for (const [i, one] of this.seen.entries()) {
      if (one.far === Number.POSITIVE_INFINITY) break;
      let isFree = true;
      for (let k = 0; k < i && isFree; k++) {
        const other = this.seen[k]!;
        isFree =
          !this.wanted[other.sign] ||
          Math.abs(other.x - one.x) > other.wide + one.wide ||
          Math.abs(other.y - one.y) > other.high + one.high;
      }
      // in a house its roof is off and its rooms are low
      const sign = this.signs[one.sign]!;
      if (isFree && this.screens.isFree(position, sign) && (this.house || this.sight.isFree(position, sign)))
        this.wanted[one.sign] = 1;
    }
  }

  /** Lets them come and go; at once where nothing should move. */
  fade(dt: number, still: boolean): void {
    const step = still ? 1 : dt * FADES_PER_S;
    for (let i = 0; i < this.wanted.length; i++) {
      const [now, wanted] = [this.shown.array[i]!, this.wanted[i]!];
      if (now === wanted) continue;
      this.shown.array[i] = Math.min(Math.max(wanted, now - step), now + step);
      this.shown.needsUpdate = true;
    }
  }

  /** Writes the signs in this language first. */
  speak(language: Language): void {
    const map = this.material.uniforms["uMap"]!;
    (map.value as CanvasTexture | null)?.dispose();
    const texture = new CanvasTexture(draw(this.signs, language, this.rows, this.shares));
    texture.colorSpace = SRGBColorSpace;
    texture.anisotropy = 4;
    map.value = texture;
  }

  dispose(): void {
    (this.material.uniforms["uMap"]!.value as CanvasTexture | null)?.dispose();
    this.material.dispose();
    this.mesh.geometry.dispose();
  }
}
