// The chart of a district: its ground, drawn once, with everyone on it as they walk.
import { useEffect, useRef } from "preact/hooks";
import type { District } from "../plan";
import { GROUND, STONE } from "../scene/palette";
import { client, notice, population, told } from "../state";
import { of, say } from "../texts";
import type { World } from "../world";

const DOTS_MS = 200;

/** How large a dot is, and in a crowd of so many how small; metres. */
const LARGE_M = 2;
const SMALL_M = 1.3;
const MANY = 800;

/** Its pixels. */
const [DOT] = new Uint32Array(Uint8Array.of(0x2f, 0x4a, 0x73, 0xff).buffer);

export function Chart({ plan, world }: { plan: District; world: World }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = Math.min(2, 720 / Math.max(plan.width, plan.depth));
  useEffect(() => {
    const element = canvas.current!;
    const ground = drawn(plan, scale);
    element.width = ground.width;
    element.height = ground.height;
    const pen = element.getContext("2d")!;
    const sheet = pen.createImageData(ground.width, ground.height);
    const draw = () => {
      dot(sheet, ground, world, scale);
      pen.putImageData(sheet, 0, 0);
      draft(pen, world, scale);
    };
    pen.putImageData(ground, 0, 0);
    const timer = setInterval(draw, DOTS_MS);
    return () => clearInterval(timer);
  }, [plan, world, scale]);
  return (
    <canvas
      ref={canvas}
      class="chart"
      role="img"
      aria-label={`${say("panel.map")}: ${of(plan.name)}. ${say("here.population", { n: population.value })}`}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const x = ((event.clientX - box.left) / box.width) * plan.width;
        const z = ((event.clientY - box.top) / box.height) * plan.depth;
        if (!world.goTo(x, z)) notice(say("map.no_way"), "plain", 2500);
      }}
    />
  );
}

/** The ground and what stands on it; that of the last district is kept, as a map is opened again and again. */
function drawn(plan: District, scale: number): ImageData {
  if (kept?.plan !== plan || kept.scale !== scale) kept = { plan, scale, ground: drawnAnew(plan, scale) };
  return kept.ground;
}
let kept: { plan: District; scale: number; ground: ImageData } | undefined;

function drawnAnew(plan: District, scale: number): ImageData {
  const sheet = document.createElement("canvas");
  sheet.width = plan.width * scale;
  sheet.height = plan.depth * scale;
  const pen = sheet.getContext("2d")!;
  pen.scale(scale, scale);
  const fill = (outline: [number, number][], colour: string) => {
    pen.beginPath();
    for (const [x, z] of outline) pen.lineTo(x, z);
    pen.closePath();
    pen.fillStyle = colour;
    pen.fill();
  };
  fill(
    [
      [0, 0],
      [plan.width, 0],
      [plan.width, plan.depth],
      [0, plan.depth],
    ],
    "#d9d2c4",
  );
  for (const { kind, polygon } of plan.grounds) fill(polygon, GROUND[kind]);
  for (const { kind, at, height } of plan.trees) {
    pen.fillStyle = kind === "ginkgo" ? "#c9a23f" : kind === "cherry" ? "#c98f86" : "#5e8a55";
    for (const [x, z] of at) {
      pen.beginPath();
      pen.arc(x, z, Math.max(1.2, height * 0.22), 0, 7);
      pen.fill();
    }
  }
  for (const { footprint, look, height } of plan.buildings) {
    if (height < 0.5) continue;
    fill(
      footprint,
      look === "furniture"
        ? "#b28d63"
        : look === "glass" || look === "glass_wave" || look === "tower"
          ? "#8fb0b5"
          : look === "mountain"
            ? "#7d9a68"
            : look === "brick"
              ? STONE.brick
              : look === "palace" || look === "hanok" || look === "gate" || look === "pavilion"
                ? "#5b5f63"
                : "#b9ae9a",
    );
  }
  pen.strokeStyle = "#3b3834";
  pen.lineWidth = 0.9;
  pen.beginPath();
  for (const { lines, height } of plan.walls) {
    if (height < 0.9) continue;
    for (const [x0, z0, x1, z1] of lines) {
      pen.moveTo(x0, z0);
      pen.lineTo(x1, z1);
    }
  }
  pen.stroke();
  for (const { at } of plan.portals) {
    pen.fillStyle = "#b5392c";
    pen.beginPath();
    pen.arc(at[0], at[1], 4, 0, 7);
    pen.fill();
    pen.strokeStyle = "#fff6e6";
    pen.stroke();
  }
  for (const { at } of plan.exhibits) {
    pen.fillStyle = "#2f6f64";
    pen.fillRect(at[0] - 1.8, at[1] - 1.8, 3.6, 3.6);
  }
  return pen.getImageData(0, 0, sheet.width, sheet.height);
}

/** Everyone in view, over the ground, as pixels: a pen that draws thousands of dots takes the time of a frame for it. */
function dot(sheet: ImageData, ground: ImageData, { others }: World, scale: number): void {
  sheet.data.set(ground.data);
  const pixels = new Uint32Array(sheet.data.buffer);
  const { width, height } = sheet;
  const side = Math.max(1, Math.round((others.count > MANY ? SMALL_M : LARGE_M) * scale));
  for (let i = 0; i < others.count; i++) {
    const left = Math.round(others.x[i]! * scale - side / 2);
    const top = Math.round(others.z[i]! * scale - side / 2);
    const right = Math.min(left + side, width);
    const end = Math.min(top + side, height) * width;
    for (let row = Math.max(top, 0) * width; row < end; row += width)
      for (let x = Math.max(left, 0); x < right; x++) pixels[row + x] = DOT!;
  }
}

/** The crowd beyond the view by its tiles, and oneself. */
function draft(pen: CanvasRenderingContext2D, world: World, scale: number): void {
  const city = client.value;
  const place = told.value;
  if (!city || !place) return;
  pen.save();
  pen.scale(scale, scale);
  for (const { tile, count } of city.tiles) {
    const x = ((tile % place.tile_columns) + 0.5) * place.tile_m;
    const z = (Math.floor(tile / place.tile_columns) + 0.5) * place.tile_m;
    pen.fillStyle = `rgba(47, 74, 115, ${Math.min(0.7, 0.15 + count / 60)})`;
    pen.beginPath();
    pen.arc(x, z, Math.min(place.tile_m / 2, 3 + Math.sqrt(count) * 2), 0, 7);
    pen.fill();
  }
  const { x, z } = world.stride;
  const heading = world.eye.heading;
  pen.translate(x, z);
  pen.rotate(-heading);
  pen.fillStyle = "rgba(200, 69, 47, 0.25)";
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.arc(0, 0, 26, Math.PI / 2 - 0.5, Math.PI / 2 + 0.5);
  pen.fill();
  pen.fillStyle = "#c8452f";
  pen.strokeStyle = "#fff6e6";
  pen.lineWidth = 1.4;
  pen.beginPath();
  pen.arc(0, 0, 4.5, 0, 7);
  pen.fill();
  pen.stroke();
  pen.restore();
}
