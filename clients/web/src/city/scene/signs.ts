// Signs over zones and portals: one texture, one draw; they turn to who looks, and fade with distance.
import {
  CanvasTexture,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  SRGBColorSpace,
} from "three";
import { contains, type District, type Language, middle, signedArea, type Text } from "../plan";
import { shared } from "./shading";

const WIDE = 512;
const HIGH = 128;
const COLUMNS = 4;

const VERTEX = /* glsl */ `
  attribute vec3 place;
  attribute vec2 cell;
  attribute float reach;
  attribute float zone;
  uniform float uStood[48];
  uniform vec2 uCells;
  varying vec2 vUv;
  varying float vShow;
  void main() {
    vec4 at = modelViewMatrix * vec4(place, 1.0);
    float far = -at.z;
    float size = clamp(far * 0.045, 0.5, 3.6);
    at.xy += position.xy * vec2(4.0, 1.0) * size;
    vUv = (cell + vec2(uv.x, 1.0 - uv.y)) / uCells;
    vShow = smoothstep(reach, reach * 0.7, far) * smoothstep(5.0, 9.0, far);
    // what one stands in is told above, and its sign would hang before all that is to be seen there
    if (zone >= 0.0 && uStood[int(zone)] > 0.5) vShow = 0.0;
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

interface Sign {
  name: Text;
  /** From how far it is read, metres: a plaza's across the district, a room's about the house. */
  reach: number;
  x: number;
  y: number;
  z: number;
  way: boolean;
}

function signsOf(district: District): Sign[] {
  const zones = district.zones.map(({ name, polygon, kind }): Sign => {
    const [x, z] = middle(polygon);
    const indoors = district.buildings.some(
      (b) => b.base < 2 && b.height < 40 && contains(b.footprint, x, z),
    );
    const reach = Math.min(190, (indoors ? 26 : 60) + Math.sqrt(Math.abs(signedArea(polygon))) * 0.9);
    return {
      name,
      reach,
      x,
      z,
      y: indoors ? 3.3 : kind === "plaza" || kind === "garden" ? 7 : 6,
      way: false,
    };
  });
  const portals = district.portals.map(
    ({ name, at }): Sign => ({ name, reach: 90, x: at[0], z: at[1], y: 7.1, way: true }),
  );
  return [...zones, ...portals];
}

function draw(signs: Sign[], language: Language, rows: number): HTMLCanvasElement {
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
  /** By zone, 1 where one stands in it; a plan has no more (MAX_ZONES). */
  private readonly stood = new Array<number>(48).fill(0);

  constructor(
    private readonly district: District,
    language: Language,
  ) {
    this.signs = signsOf(district);
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
    geometry.setAttribute(
      "zone",
      at(
        this.signs.map(({ way }, i) => (way ? -1 : i)),
        1,
      ),
    );
    geometry.instanceCount = this.signs.length;
    this.material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        uMap: { value: null },
        uCells: { value: [COLUMNS, this.rows] },
        uStood: { value: this.stood },
        uNight: shared.uNight,
      },
      transparent: true,
      depthWrite: false,
    });
    this.mesh = new Mesh(geometry, this.material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 5;
    this.speak(language);
  }

  /** Takes down the signs of what one stands in. */
  stand(x: number, z: number): void {
    for (const [i, { polygon }] of this.district.zones.entries())
      this.stood[i] = contains(polygon, x, z) ? 1 : 0;
  }

  /** Writes the signs in this language first. */
  speak(language: Language): void {
    const map = this.material.uniforms["uMap"]!;
    (map.value as CanvasTexture | null)?.dispose();
    const texture = new CanvasTexture(draw(this.signs, language, this.rows));
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
