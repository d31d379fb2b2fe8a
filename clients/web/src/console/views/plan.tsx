// A district drawn from above: its zones and walls, everyone in it as dots or as heat.
import { useEffect, useRef } from "preact/hooks";
import type { Ground } from "../places.ts";
import { useSpeech } from "../speech.tsx";

export interface Standing {
  at: number;
  slots: number[];
  x: number[];
  z: number[];
}

interface Drawn {
  ground: Ground;
  standing: Standing | undefined;
  shows: "dots" | "heat";
  chosen: number | undefined;
  label: string;
  pick(x: number, z: number): void;
}

const HEAT_M = 6;

/** The district from above; a click tells where, in metres. */
export function Plan({ ground, standing, shows, chosen, label, pick }: Drawn) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { own } = useSpeech();

  useEffect(() => {
    const at = canvas.current;
    const to = at?.getContext("2d");
    if (!at || !to) return;
    const style = getComputedStyle(at);
    const colour = (name: string) => style.getPropertyValue(`--${name}`);
    const scale = (at.clientWidth * devicePixelRatio) / ground.width;
    at.width = Math.round(ground.width * scale);
    at.height = Math.round(ground.depth * scale);
    to.setTransform(scale, 0, 0, scale, 0, 0);
    to.fillStyle = colour("ground");
    to.fillRect(0, 0, ground.width, ground.depth);
    for (const zone of ground.zones) {
      to.beginPath();
      for (const [x, z] of zone.polygon) to.lineTo(x, z);
      to.closePath();
      to.fillStyle = colour("zone");
      to.fill();
      to.strokeStyle = colour("zone-edge");
      to.lineWidth = 0.6;
      to.stroke();
    }
    to.strokeStyle = colour("wall");
    to.lineWidth = 0.9;
    to.beginPath();
    for (const wall of ground.walls)
      for (const [x1, z1, x2, z2] of wall.lines) {
        to.moveTo(x1, z1);
        to.lineTo(x2, z2);
      }
    to.stroke();
    if (standing) (shows === "heat" ? drawHeat : drawDots)(to, ground, standing, chosen, colour);
    to.fillStyle = colour("soft");
    to.font = `${Math.max(ground.width / 60, 11 / (scale / devicePixelRatio))}px system-ui`;
    to.textAlign = "center";
    for (const zone of ground.zones) {
      const xs = zone.polygon.map(([px]) => px);
      // A name that is wider than its zone would lie over its neighbours'.
      if (to.measureText(own(zone.name)).width > Math.max(...xs) - Math.min(...xs)) continue;
      const x = (Math.max(...xs) + Math.min(...xs)) / 2;
      const z = zone.polygon.reduce((sum, [, pz]) => sum + pz, 0) / zone.polygon.length;
      to.fillText(own(zone.name), x, z);
    }
  }, [ground, standing, shows, chosen, own]);

  return (
    <canvas
      ref={canvas}
      class="ground"
      role="img"
      aria-label={label}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const scale = ground.width / box.width;
        pick((event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
      }}
    />
  );
}

type Draw = (
  to: CanvasRenderingContext2D,
  ground: Ground,
  standing: Standing,
  chosen: number | undefined,
  colour: (name: string) => string,
) => void;

const drawDots: Draw = (to, ground, standing, chosen, colour) => {
  const radius = ground.width / 260;
  to.fillStyle = colour("person");
  to.beginPath();
  standing.slots.forEach((_, n) => {
    const [x, z] = [standing.x[n]! / 10, standing.z[n]! / 10];
    to.moveTo(x + radius, z);
    to.arc(x, z, radius, 0, 2 * Math.PI);
  });
  to.fill();
  const at = chosen === undefined ? -1 : standing.slots.indexOf(chosen);
  if (at < 0) return;
  to.strokeStyle = colour("chosen");
  to.lineWidth = radius / 1.5;
  to.beginPath();
  to.arc(standing.x[at]! / 10, standing.z[at]! / 10, radius * 2.5, 0, 2 * Math.PI);
  to.stroke();
};

const drawHeat: Draw = (to, ground, standing, _, colour) => {
  const columns = Math.ceil(ground.width / HEAT_M);
  const counts = new Uint16Array(columns * Math.ceil(ground.depth / HEAT_M));
  standing.slots.forEach((__, n) => {
    const cell =
      Math.floor(standing.z[n]! / 10 / HEAT_M) * columns + Math.floor(standing.x[n]! / 10 / HEAT_M);
    if (cell < counts.length) counts[cell]!++;
  });
  // One a square metre is dense: as dense as it gets is drawn full.
  to.fillStyle = colour("chosen");
  counts.forEach((count, cell) => {
    if (!count) return;
    to.globalAlpha = Math.min(0.2 + count / (HEAT_M * HEAT_M), 1);
    to.fillRect((cell % columns) * HEAT_M, Math.floor(cell / columns) * HEAT_M, HEAT_M, HEAT_M);
  });
  to.globalAlpha = 1;
};
