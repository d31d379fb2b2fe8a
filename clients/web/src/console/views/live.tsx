// The live map of each district: everyone where they are, or their heat; who one of them is; the modes of the place.

import { Refused, type Words } from "madang";
import { useEffect, useRef, useState } from "preact/hooks";
import { command, useActing } from "../acts.tsx";
import type { City } from "../city.ts";
import type { View } from "../desk.tsx";
import { useSpeech } from "../speech.tsx";
import { sanction } from "./sanctions.tsx";

const WATCH_MS = 1000;

interface Ground {
  width: number;
  depth: number;
  zones: { id: string; name: { ko: string; en: string }; polygon: [number, number][] }[];
  walls: { lines: [number, number, number, number][] }[];
}

interface Standing {
  at: number;
  slots: number[];
  x: number[];
  z: number[];
}

export function Live({ city, which, go }: View) {
  const { t, own, span } = useSpeech();
  const { districts } = city.client.welcome!.city;
  const open = districts.filter((one) => one.open);
  const district = open.find((one) => one.id === which) ?? open[0];
  const [shows, setShows] = useState<"dots" | "heat">("dots");
  const [standing, setStanding] = useState<Standing>();
  const [ground, setGround] = useState<Ground>();
  const [wrong, setWrong] = useState<string>();
  const [chosen, setChosen] = useState<{ slot: number; card?: Words.AvatarCard }>();
  const [ageS, setAge] = useState<number>();
  const id = district?.id;

  useEffect(() => {
    if (!id) return;
    setGround(undefined);
    setStanding(undefined);
    setChosen(undefined);
    const gone = new AbortController();
    fetch(`/api/city/districts/${id}`, { signal: gone.signal })
      .then((answer) => (answer.ok ? answer.json() : undefined))
      .then(setGround, () => {});
    let next: ReturnType<typeof setTimeout>;
    const look = async () => {
      try {
        const told = await city.watch<Standing>(`districts/${id}`);
        if (gone.signal.aborted) return;
        setStanding(told);
        const health = await city.watch<{ samples: Record<string, number> }>("health");
        setAge(health.samples["madang_neighbour_age_recent_seconds{0.99}"]);
        setWrong(undefined);
      } catch (error) {
        setWrong(error instanceof Refused ? `code_${error.code}` : "unreachable");
      }
      if (!gone.signal.aborted) next = setTimeout(look, WATCH_MS);
    };
    void look();
    return () => {
      gone.abort();
      clearTimeout(next);
    };
  }, [city, id]);

  const pick = async (x: number, z: number) => {
    if (!standing || !id) return;
    let best = -1;
    let least = 6;
    standing.slots.forEach((_, n) => {
      const away = Math.hypot(standing.x[n]! / 10 - x, standing.z[n]! / 10 - z);
      if (away < least) [least, best] = [away, n];
    });
    if (best < 0) return setChosen(undefined);
    const slot = standing.slots[best]!;
    setChosen({ slot });
    const card = await city.watch<Words.AvatarCard>(`districts/${id}/avatars/${slot}`).catch(() => undefined);
    if (card) setChosen({ slot, card });
  };

  return (
    <>
      <h1>{t("live")}</h1>
      <div class="tabs" role="tablist">
        {open.map((one) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            aria-selected={one.id === id}
            onClick={() => go("live", one.id)}
          >
            {own(one.name)}
          </button>
        ))}
      </div>
      <p class="tabs">
        <button
          type="button"
          aria-pressed={shows === "heat"}
          onClick={() => setShows(shows === "heat" ? "dots" : "heat")}
        >
          {t("heat")}
        </button>
      </p>
      {wrong && <p class="wrong">{t(wrong)}</p>}
      <div class="two map">
        <section>
          <dl class="figures">
            <dt>{t("here_now")}</dt>
            <dd>{standing?.slots.length ?? "–"}</dd>
            <dt>{t("freshness")}</dt>
            <dd>{ageS === undefined ? "–" : `${Math.round(ageS * 1000)} ms`}</dd>
            <dt>{t("picture_age")}</dt>
            <dd>{standing ? span(city.client.serverTime - standing.at) : "–"}</dd>
          </dl>
          {ground && (
            <Plan
              ground={ground}
              standing={standing}
              shows={shows}
              chosen={chosen?.slot}
              pick={pick}
              label={t("map_label", { n: standing?.slots.length ?? 0, name: own(district?.name) })}
            />
          )}
        </section>
        <aside>
          {chosen?.card && <Chosen city={city} card={chosen.card} scope={id ?? ""} go={go} />}
          {id && <Modes key={id} city={city} scope={id} />}
        </aside>
      </div>
    </>
  );
}

function Chosen({
  city,
  card,
  scope,
  go,
}: {
  city: City;
  card: Words.AvatarCard;
  scope: string;
  go: View["go"];
}) {
  const { t } = useSpeech();
  const { act } = useActing();
  return (
    <section class="card">
      <h2>
        <bdi>{card.name}</bdi>
      </h2>
      <p>
        {card.roles.map((role) => t(role)).join(" · ")} {card.away && t("away")}
        <br />
        <code>{card.citizen}</code>
      </p>
      <p class="acts">
        <button type="button" onClick={() => go("citizens", card.citizen)}>
          {t("open_person")}
        </button>
        <button type="button" class="bad" onClick={() => act(sanction(city, card.citizen, scope))}>
          {t("sanction")}
        </button>
      </p>
    </section>
  );
}

/** Slow mode, shield and the like, of one place; what is so now is known from the first change on. */
function Modes({ city, scope }: { city: City; scope: string }) {
  const { t, span } = useSpeech();
  const { act } = useActing();
  const [mode, setMode] = useState<Words.VenueMode>();
  useEffect(
    () => city.on("moderation.mode_changed", (told) => told.mode.scope === scope && setMode(told.mode)),
    [city, scope],
  );
  const set = async (values: Partial<Words.ModerationSetMode>) => {
    const answer = await city.ask("moderation.set_mode", { scope, ...values });
    setMode(answer.mode);
  };
  const ticks = ["shield", "is_unique", "holds_links", "is_staff_only", "is_locked"] as const;
  const isOn = (name: (typeof ticks)[number]) =>
    name === "shield" ? Boolean(mode?.shield_until) : mode?.[name] === true;
  return (
    <section class="card">
      <h2>{t("modes")}</h2>
      {ticks.map((name) => (
        <label key={name} class="tick">
          <input
            type="checkbox"
            checked={isOn(name)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              act({ key: "", label: name, does: () => set({ [name]: on, words: t(name) }) });
            }}
          />{" "}
          {t(name)}{" "}
          {name === "shield" && mode?.shield_until && (
            <small>{span(mode.shield_until - city.client.serverTime)}</small>
          )}
        </label>
      ))}
      <p class="acts">
        <button
          type="button"
          onClick={() =>
            act({
              key: "",
              label: "slow_mode",
              fields: [{ name: "slow_s", label: "slow_seconds", kind: "number", value: mode?.slow_s ?? 0 }],
              does: (values) => set({ slow_s: values["slow_s"] as number }),
            })
          }
        >
          {t("slow_mode")} {mode?.slow_s ? `${mode.slow_s} s` : ""}
        </button>
        <button
          type="button"
          class="bad"
          onClick={() =>
            act({
              key: "",
              label: mode?.is_stopped ? "resume_venue" : "stop_venue",
              kind: "bad",
              fields: [{ name: "words", label: "reason", kind: "text" }],
              does: command(city, "moderation.act_jointly", {
                scope,
                action: mode?.is_stopped ? "resume" : "stop",
              }),
            })
          }
        >
          {t(mode?.is_stopped ? "resume_venue" : "stop_venue")}
        </button>
      </p>
    </section>
  );
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

function Plan({ ground, standing, shows, chosen, label, pick }: Drawn) {
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
