// Street lamps along roads and paths: by night they glow, and a pool of light lies under each.
import {
  AdditiveBlending,
  Group,
  InstancedMesh,
  type Material,
  Matrix4,
  PlaneGeometry,
  Quaternion,
  ShaderMaterial,
  Vector3,
} from "three";
import { contains, type District, type Point } from "../plan";
import { Clay, ring, Style } from "./clay";
import { METAL, STONE, WOOD } from "./palette";
import { shared } from "./shading";

const APART_M = 22;
const MOST = 90;

/** Where lamps stand: along the edges of what one walks and drives on, clear of walls and doors. */
export function lampPlaces(district: District): Point[] {
  const found: Point[] = [];
  const isFree = (x: number, z: number) => {
    if (x < 2 || z < 2 || x > district.width - 2 || z > district.depth - 2) return false;
    if (found.some(([px, pz]) => Math.hypot(px - x, pz - z) < APART_M * 0.72)) return false;
    if (district.buildings.some((b) => b.base < 4 && contains(b.footprint, x, z))) return false;
    if (district.grounds.some((g) => (g.kind === "water" || g.kind === "road") && contains(g.polygon, x, z)))
      return false;
    if (district.stages.some(({ at }) => Math.hypot(at[0] - x, at[1] - z) < 9)) return false;
    return !district.portals.some(({ at }) => Math.hypot(at[0] - x, at[1] - z) < 5);
  };
  for (const { kind, polygon } of district.grounds) {
    if (kind !== "road" && kind !== "path" && kind !== "stone" && kind !== "lawn") continue;
    polygon.forEach(([x0, z0], i) => {
      const [x1, z1] = polygon[(i + 1) % polygon.length]!;
      const length = Math.hypot(x1 - x0, z1 - z0);
      const n = Math.floor(length / APART_M);
      for (let k = 0; k <= n && found.length < MOST; k++) {
        const t = (k + 0.5) / (n + 1);
        for (const off of [1.2, -1.2]) {
          const x = x0 + (x1 - x0) * t - ((z1 - z0) / (length || 1)) * off;
          const z = z0 + (z1 - z0) * t + ((x1 - x0) / (length || 1)) * off;
          if (isFree(x, z)) {
            found.push([x, z]);
            break;
          }
        }
      }
    });
  }
  return found;
}

function lamp(): Clay {
  const clay = new Clay();
  clay.column(0, 0, 0.2, 0, 0.5, STONE.granite_dark, 8, 0.8);
  clay.column(0, 0, 0.07, 0.5, 3.5, "#3c4744", 8);
  clay.prism(ring(0, 0, 0.34, 6), 3.5, 3.56, WOOD.dark);
  clay.prism(ring(0, 0, 0.27, 6), 3.56, 4.1, "#f7ead0", Style.cloth, { taper: 1.12 });
  clay.prism(ring(0, 0, 0.48, 6), 4.1, 4.3, "#3c4744", Style.plain, { taper: 0.3 });
  clay.column(0, 0, 0.04, 4.28, 4.45, METAL.bronze, 5);
  return clay;
}

function light(vertex: string, shape: string): ShaderMaterial {
  return new ShaderMaterial({
    uniforms: shared,
    vertexShader: `varying vec2 vUv; void main() { vUv = uv * 2.0 - 1.0; ${vertex} }`,
    fragmentShader: `uniform float uNight; varying vec2 vUv;
      void main() {
        float d = length(vUv);
        float a = ${shape};
        gl_FragColor = vec4(vec3(1.0, 0.74, 0.42) * a * uNight, 1.0);
      }`,
    blending: AdditiveBlending,
    depthWrite: false,
    transparent: true,
  });
}

export function lamps(district: District, material: Material): Group {
  const group = new Group();
  const places = lampPlaces(district);
  if (!places.length) return group;
  const posts = new InstancedMesh(lamp().geometry(), material, places.length);
  posts.castShadow = true;
  const flat = new PlaneGeometry(2, 2);
  const pools = new InstancedMesh(
    flat,
    light(
      "gl_Position = projectionMatrix * modelViewMatrix * instanceMatrix * vec4(position, 1.0);",
      "pow(max(0.0, 1.0 - d), 1.7) * 0.5",
    ),
    places.length,
  );
  // the pool is painted on the ground, which has no depth, and hidden by what stands before it
  pools.renderOrder = -4;
  const halos = new InstancedMesh(
    flat,
    light(
      "vec4 at = modelViewMatrix * instanceMatrix * vec4(0.0, 0.0, 0.0, 1.0); at.xy += position.xy * 1.1; gl_Position = projectionMatrix * at;",
      "pow(max(0.0, 1.0 - d), 2.4) * 0.9",
    ),
    places.length,
  );
  const matrix = new Matrix4();
  const lying = new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), -Math.PI / 2);
  const standing = new Quaternion();
  places.forEach(([x, z], i) => {
    posts.setMatrixAt(i, matrix.compose(new Vector3(x, 0, z), standing, new Vector3(1, 1, 1)));
    pools.setMatrixAt(i, matrix.compose(new Vector3(x, 0.03, z), lying, new Vector3(11, 11, 11)));
    halos.setMatrixAt(i, matrix.compose(new Vector3(x, 3.85, z), standing, new Vector3(1, 1, 1)));
  });
  for (const mesh of [posts, pools, halos]) mesh.frustumCulled = false;
  group.add(posts, pools, halos);
  return group;
}
