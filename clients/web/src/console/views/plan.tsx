// A district drawn from above: its zones and walls, everyone in it as dots or as heat.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Ground } from "../places.ts";
import { useSpeech } from "../speech.tsx";

export interface Standing {
  at: number;
  slots: number[];
  x: number[];
  z: number[];
  /** In which hall each is; empty where there is but one. */
  halls: number[];
}

/** Those of one hall. */
export function inHall(standing: Standing, hall: number): Standing {
  const of = <T,>(all: T[]) => all.filter((_, n) => standing.halls[n] === hall);
  return {
    ...standing,
    slots: of(standing.slots),
    x: of(standing.x),
    z: of(standing.z),
    halls: of(standing.halls),
  };
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

/** How far an arrow goes. */
const STEP_M = 2;

/** The district from above; a click, or Enter where the arrows point, tells where, in metres. */
export function Plan({ ground, standing, shows, chosen, label, pick }: Drawn) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { own } = useSpeech();
  /** Where the keys point, once they were used. */
  const [pointer, point] = useState<{ x: number; z: number }>();

  const move = (event: KeyboardEvent) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const at = pointer ?? { x: ground.width / 2, z: ground.depth / 2 };
    if (event.key === "Enter" || event.key === " ") pick(at.x, at.z);
    else if (!way) return;
    const step = event.shiftKey ? STEP_M * 5 : STEP_M;
    const [dx, dz] = way ?? [0, 0];
    point({
      x: Math.min(Math.max(at.x + dx! * step, 0), ground.width),
      z: Math.min(Math.max(at.z + dz! * step, 0), ground.depth),
    });
    event.preventDefault();
  };

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
    to.fillStyle = colour("ink");
    to.strokeStyle = colour("zone");
    to.lineJoin = "round";
    to.font = `${Math.max(ground.width / 60, 11 / (scale / devicePixelRatio))}px system-ui`;
    to.textAlign = "center";
    const named: [left: number, right: number, z: number][] = [];
    const line = Math.max(ground.width / 60, 11 / (scale / devicePixelRatio));
    to.lineWidth = line / 4;
    for (const zone of ground.zones) {
      const xs = zone.polygon.map(([px]) => px);
      // A name that is wider than its zone would lie over its neighbours'.
      if (to.measureText(own(zone.name)).width > Math.max(...xs) - Math.min(...xs)) continue;
      const x = (Math.max(...xs) + Math.min(...xs)) / 2;
      let z = zone.polygon.reduce((sum, [, pz]) => sum + pz, 0) / zone.polygon.length;
      const half = to.measureText(own(zone.name)).width / 2;
      // Two names over one another say neither: the later one goes below.
      for (const [left, right, at] of named)
        if (Math.abs(at - z) < line && x + half > left && x - half < right) z = at + line * 1.1;
      named.push([x - half, x + half, z]);
      to.strokeText(own(zone.name), x, z);
      to.fillText(own(zone.name), x, z);
    }
    if (pointer && document.activeElement === at) {
      to.strokeStyle = colour("chosen");
      to.lineWidth = line / 8;
      to.beginPath();
      for (const [dx, dz] of [
        [line, 0],
        [0, line],
      ] as const) {
        to.moveTo(pointer.x - dx, pointer.z - dz);
        to.lineTo(pointer.x + dx, pointer.z + dz);
      }
      to.stroke();
    }
  }, [ground, standing, shows, chosen, own, pointer]);

  return (
    <canvas
      ref={canvas}
      class="ground"
      role="img"
      tabIndex={0}
      aria-label={label}
      onKeyDown={move}
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
