// The live map of each district: everyone where they are, or their heat; who one of them is; the modes of the place.

import { Refused, type Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { command, useActing } from "../acts.tsx";
import type { City } from "../city.ts";
import type { View } from "../desk.tsx";
import { Figures } from "../figures.tsx";
import { useKeys } from "../keys.tsx";
import { useGround } from "../places.ts";
import { useSpeech } from "../speech.tsx";
import { Tabs } from "../tabs.tsx";
import { Talk } from "./citizens.tsx";
import { inHall, Plan, type Standing } from "./plan.tsx";
import { sanction } from "./sanctions.tsx";

const WATCH_MS = 1000;

export function Live({ city, which, go }: View) {
  const { t, own, span } = useSpeech();
  const { act } = useActing();
  const { districts } = city.client.welcome!.city;
  const open = districts.filter((one) => one.open);
  const district = open.find((one) => one.id === which) ?? open[0];
  const [shows, setShows] = useState<"dots" | "heat">("dots");
  const [everyone, setStanding] = useState<Standing>();
  /** The hall whose people are shown; undefined: all. */
  const [hall, setHall] = useState<number>();
  const [wrong, setWrong] = useState<string>();
  const [chosen, setChosen] = useState<{ slot: number; card?: Words.AvatarCard }>();
  const [ageS, setAge] = useState<number>();
  const [people, setPeople] = useState<Record<string, number>>({});
  const id = district?.id;
  const ground = useGround(id);
  // The main hall is open also when nobody is in it; where it is the only one no halls are told of.
  const halls = everyone?.halls.length
    ? [...new Set([0, ...everyone.halls])].sort((one, other) => one - other)
    : [];
  const isOne = hall !== undefined && halls.includes(hall);
  const standing = everyone && isOne ? inHall(everyone, hall) : everyone;
  /** Whom one moves: the next click on the map says where to. */
  const [moved, move] = useState<Words.AvatarCard>();

  useEffect(() => {
    if (!id) return;
    setStanding(undefined);
    setHall(undefined);
    setChosen(undefined);
    move(undefined);
    const gone = new AbortController();
    let next: ReturnType<typeof setTimeout>;
    const look = async () => {
      try {
        const told = await city.watch<Standing>(`districts/${id}`);
        if (gone.signal.aborted) return;
        setStanding(told);
        const health = await city.watch<{ samples: Record<string, number> }>("health");
        setAge(health.samples["madang_neighbour_age_recent_seconds{0.99}"]);
        setPeople(
          Object.fromEntries(
            open.map((one) => [one.id, health.samples[`madang_population{${one.id}}`] ?? 0]),
          ),
        );
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

  const heat = () => setShows(shows === "heat" ? "dots" : "heat");
  useKeys((key) => {
    if (key === "h") heat();
    return key === "h";
  });

  const pick = async (x: number, z: number) => {
    if (!standing || !id) return;
    if (moved) {
      move(undefined);
      act({
        key: "",
        label: "move",
        fields: [{ name: "words", label: "words_told", kind: "text" }],
        does: command(city, "moderation.move", { citizen: moved.citizen, district: id, x, z }),
      });
      return;
    }
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
      <Tabs
        label={t("where")}
        tabs={open.map((one) => ({ id: one.id, text: own(one.name), count: people[one.id] }))}
        open={id}
        choose={(one) => go("live", one)}
      />
      {wrong && <p class="wrong">{t(wrong)}</p>}
      <div class="two map">
        <section>
          <Figures
            of={[
              [t("here_now"), standing?.slots.length ?? "–"],
              [t("freshness"), ageS === undefined ? "–" : `${Math.round(ageS * 1000)} ms`],
              [t("picture_age"), standing ? span(city.client.serverTime - standing.at) : "–"],
            ]}
          />
          <p class="acts">
            <button type="button" aria-pressed={shows === "heat"} onClick={heat}>
              {t("heat")} <kbd>h</kbd>
            </button>
            <small>{t("map_keys")}</small>
          </p>
          {halls.length > 1 && (
            <fieldset class="acts">
              <legend>{t("halls")}</legend>
              {[undefined, ...halls].map((one) => (
                <button
                  key={one ?? "all"}
                  type="button"
                  aria-pressed={isOne ? one === hall : one === undefined}
                  onClick={() => setHall(one)}
                >
                  {one === undefined ? t("all_halls") : t("hall_n", { n: one + 1 })}
                </button>
              ))}
              {isOne && hall > 0 && (
                <button
                  type="button"
                  class="bad"
                  onClick={() =>
                    act({
                      key: "",
                      label: "close_hall",
                      kind: "bad",
                      asks: "close_hall_asks",
                      does: command(city, "district.close_hall", { district: id!, hall }),
                    })
                  }
                >
                  {t("close_hall")}
                </button>
              )}
            </fieldset>
          )}
          {moved && (
            <p class="hint" role="status">
              {t("move_where", { name: moved.name })}{" "}
              <button type="button" onClick={() => move(undefined)}>
                {t("cancel")}
              </button>
            </p>
          )}
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
          {chosen?.card && <Chosen city={city} card={chosen.card} scope={id ?? ""} go={go} move={move} />}
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
  move,
}: {
  city: City;
  card: Words.AvatarCard;
  scope: string;
  go: View["go"];
  move(card: Words.AvatarCard): void;
}) {
  const { t, role } = useSpeech();
  const { act } = useActing();
  return (
    <section class="card">
      <h2>
        <bdi>{card.name}</bdi>
      </h2>
      <p>
        {card.roles.map(role).join(" · ")} {card.away && t("away")}
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
        <Talk city={city} citizen={card.citizen} />
        <button type="button" onClick={() => move(card)}>
          {t("move")}
        </button>
      </p>
      {city.is("official") && <Guard city={city} card={card} scope={scope} />}
    </section>
  );
}

/** The steps by which an officer ends a talk that has become abusive (Civil Petitions Treatment Decree, Article 4). */
function Guard({ city, card, scope }: { city: City; card: Words.AvatarCard; scope: string }) {
  const { t } = useSpeech();
  const { act } = useActing();
  return (
    <p class="acts">
      <small>{t("guard")}</small>
      {(["begin", "warn", "record", "end", "break"] as const).map((step) => (
        <button
          key={step}
          type="button"
          onClick={() =>
            act({
              key: "",
              label: `guard_${step}`,
              ...(step === "end" && { fields: [{ name: "words", label: "words_told", kind: "text" }] }),
              does: command(city, "moderation.guard_talk", { citizen: card.citizen, step, scope }),
            })
          }
        >
          {t(`guard_${step}`)}
        </button>
      ))}
    </p>
  );
}

/** Slow mode, shield and the like, of one place. */
function Modes({ city, scope }: { city: City; scope: string }) {
  const { t, span } = useSpeech();
  const { act } = useActing();
  const [mode, setMode] = useState<Words.VenueMode>();
  useEffect(() => {
    city.ask("moderation.mode", { scope }).then(
      ({ mode: now }) => setMode((known) => known ?? now),
      () => {},
    );
  }, [city, scope]);
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
              // Shown is what the city says, which may be no.
              event.currentTarget.checked = !on;
              act({ key: "", label: name, does: () => set({ [name]: on, words: t(name) }) });
            }}
          />{" "}
          <span>
            {t(name)}
            <small>{t(`${name}_told`)}</small>
          </span>
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
          {t("slow_mode")} {mode?.slow_s ? t("seconds", { n: mode.slow_s }) : ""}
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
