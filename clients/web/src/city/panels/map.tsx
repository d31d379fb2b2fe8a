// The map: the whole district with everyone on it, ways to its zones by name, and to the other districts.
import { useEffect, useRef, useState } from "preact/hooks";
import { linkTo } from "../links";
import { type District, middle } from "../plan";
import { GROUND, STONE } from "../scene/palette";
import { client, district, link, notice, population, told } from "../state";
import { number, of, say } from "../texts";
import { travel } from "../travel";
import type { World } from "../world";
import { InParts } from "./in_parts";
import type { PanelProps } from "./registry";

const DOTS_MS = 200;

export function MapPanel({ world }: PanelProps) {
  const plan = district.value;
  if (!plan) return null;
  const here = told.value;
  const barred = new Set(here?.zones.filter((zone) => !zone.may_enter).map(({ id }) => id));
  const closed = new Map(here?.zones.flatMap(({ id, closed }) => (closed ? [[id, closed] as const] : [])));
  const others = client.value?.welcome?.city.districts ?? [];
  const busy = link.value.state !== "here";
  return (
    <InParts>
      <Chart plan={plan} world={world} />
      <p class="soft">{say("map.walk")}</p>
      <Invite plan={plan} world={world} />
      <h3>{say("map.zones")}</h3>
      <ul class="rows">
        <InParts each={2}>
          {plan.zones.map(({ id, name, polygon }) => (
            <li key={id}>
              <span>
                {of(name)}
                {barred.has(id) && <small> {of(closed.get(id)) || say("map.staff")}</small>}
              </span>
              <button
                type="button"
                class="quiet"
                disabled={busy || barred.has(id)}
                aria-label={`${say("map.go")}: ${of(name)}`}
                onClick={() => {
                  const [x, z] = middle(polygon);
                  if (!world.goTo(x, z)) void travel(plan.id, { zone: id });
                }}
              >
                {say("map.go")}
              </button>
            </li>
          ))}
        </InParts>
      </ul>
      <h3>{say("map.districts")}</h3>
      <ul class="rows">
        <InParts each={2}>
          {others.map(({ id, name, open, population: people }) => (
            <li key={id}>
              <span>
                {of(name)}{" "}
                <small>
                  {!open ? say("arrival.closed") : id === plan.id ? <Population /> : number(people)}
                </small>
              </span>
              {id === plan.id ? (
                <small>{say("map.here")}</small>
              ) : (
                <button
                  type="button"
                  class="quiet"
                  disabled={busy || !open}
                  aria-label={`${say("map.go")}: ${of(name)}`}
                  onClick={() => void travel(id)}
                >
                  {say("map.go")}
                </button>
              )}
            </li>
          ))}
        </InParts>
      </ul>
      <h3>{say("map.about")}</h3>
      <p class="prose">{of(plan.text)}</p>
      <p class="prose">{of(plan.presence)}</p>
    </InParts>
  );
}

/** A link to where one stands now, for whoever should come here: copied, or where the browser does not let it be, shown. */
function Invite({ plan, world }: { plan: District; world: World }) {
  const [shown, setShown] = useState("");
  const copy = async () => {
    const link = linkTo(location.origin, plan.id, world.stride.x, world.stride.z);
    try {
      await navigator.clipboard.writeText(link);
      notice(say("map.link_copied"), "good");
    } catch {
      setShown(link);
    }
  };
  return (
    <p class="row">
      <button type="button" class="quiet" onClick={() => void copy()}>
        {say("map.link")}
      </button>
      {shown && (
        <input readonly value={shown} aria-label={say("map.link_shown")} ref={(field) => field?.select()} />
      )}
    </p>
  );
}

/** Apart, so that of the panel nothing else is made anew when somebody comes. */
function Population() {
  return <>{number(population.value)}</>;
}

function Chart({ plan, world }: { plan: District; world: World }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = Math.min(2, 720 / Math.max(plan.width, plan.depth));
  useEffect(() => {
    const element = canvas.current!;
    const ground = drawn(plan, scale);
    element.width = ground.width;
    element.height = ground.height;
    const pen = element.getContext("2d")!;
    const draw = () => {
      pen.drawImage(ground, 0, 0);
      dots(pen, world, scale);
    };
    pen.drawImage(ground, 0, 0);
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
function drawn(plan: District, scale: number): HTMLCanvasElement {
  if (kept?.plan !== plan || kept.scale !== scale) kept = { plan, scale, sheet: drawnAnew(plan, scale) };
  return kept.sheet;
}
let kept: { plan: District; scale: number; sheet: HTMLCanvasElement } | undefined;

function drawnAnew(plan: District, scale: number): HTMLCanvasElement {
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
  return sheet;
}

function dots(pen: CanvasRenderingContext2D, world: World, scale: number): void {
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
  const { others } = world;
  pen.fillStyle = "#2f4a73";
  const size = others.count > 800 ? 1.3 : 2;
  for (let i = 0; i < others.count; i++)
    pen.fillRect(others.x[i]! - size / 2, others.z[i]! - size / 2, size, size);
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
