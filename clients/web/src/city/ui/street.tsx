// Where one is: the picture of the place with all that lies over it, and the hands that use it.
import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { lookOf } from "../crowd/look";
import { board, followHall } from "../hall";
import { placeIn } from "../links";
import { spare } from "../pace";
import { followCaptions } from "../panels/captions_state";
import { followOffices } from "../panels/offices_state";
import { follow } from "../panels/question_time_state";
import { PANELS } from "../panels/registry";
import { followSafety, isKeptOut, person } from "../panels/safety_state";
import {
  chosen,
  client,
  district,
  language,
  lines,
  link,
  me,
  notice,
  open,
  population,
  told,
  wanted,
  whisper,
  within,
  zones,
} from "../state";
import { number, of, say } from "../texts";
import { followLine, shut, travel } from "../travel";
import type { Stick } from "../walk/controls";
import { World } from "../world";
import { Announced, heed } from "./announced";
import { Captions } from "./captions";
import { Chat, write } from "./chat";
import { Counters } from "./counters";
import { GESTURES, Gestures } from "./gestures";
import { Halls } from "./halls";
import { Icon } from "./icons";
import { avatarOf } from "./look_choice";
import { Notices } from "./notices";
import { Outside } from "./outside";
import { Restrained } from "./restrained";
import { Sheet } from "./sheet";
import { followTalk, Talk } from "./talk";
import { Thumb } from "./thumb";
import { Turn } from "./turn";
import { Use, use } from "./use";

export function Street() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const names = useRef<HTMLDivElement>(null);
  const [world, setWorld] = useState<World | null>(null);
  const [stick, setStick] = useState<Stick | null>(null);
  const [isReady, setReady] = useState(false);

  useEffect(() => {
    const made = new World(canvas.current!, names.current!, {
      gestured: (number) => GESTURES[number - 1] && gesture(made, GESTURES[number - 1]!.stance),
      used: () => {
        if (within.value) use();
        else write.value++;
      },
      stick: setStick,
      noWay: () => notice(say("map.no_way"), "plain", 2500),
      met: (card) => {
        person.value = { citizen: card.citizen, name: card.name, slot: card.slot };
        open.value = "people";
      },
    });
    const asked = new URLSearchParams(location.search);
    if (asked.has("hour")) made.hour = Number(asked.get("hour"));
    const city = client.value!;
    made.attend(city);
    const citizen = city.citizen;
    const avatar = avatarOf(chosen.model ?? "", chosen.tint);
    made.dress(lookOf(citizen.id, avatar));
    setWorld(made);
    const ends = [
      follow(city),
      followCaptions(city),
      heed(city),
      followOffices(city),
      followSafety(city),
      followLine(city),
      followTalk(city),
      followHall(city),
      city.on("arrived", () => setReady(true)),
      // who is put out of a district is told by the sanction alone
      city.on("moderation.sanction_changed", ({ sanction: { words } }) => {
        const here = told.value?.district;
        if (here && isKeptOut(here)) shut.value = { district: here, code: "not_allowed", text: words };
      }),
      city.on("petitions.noticed", ({ notice: told }) => notice(of(told.message), "good", 9000)),
    ];
    if (!city.picture) void travel(wanted.value, placeIn(location.search, wanted.value, Math.random()));
    canvas.current!.focus();
    return () => {
      for (const end of ends) end();
      made.end();
      open.value = null;
      whisper.value = null;
      lines.value = [];
      told.value = null;
      district.value = null;
    };
  }, []);
  useEffect(() => world?.speak(language.value), [language.value, world]);

  const zone = zones.value.at(-1);
  const ground = district.value;
  const root = useRef<HTMLDivElement>(null);
  // with the signal itself: as a hook of Preact's it would come with the next frame, which is one too late to be spared
  useEffect(
    () =>
      effect(() => {
        root.current?.classList.toggle("with_sheet", open.value !== null);
        spare();
      }),
    [],
  );
  return (
    // a class of its own for an open panel: `:has` would be asked anew with every name and every line of chat
    <div
      ref={root}
      class={`street${ground && isReady ? "" : " dark"}${open.peek() === null ? "" : " with_sheet"}`}
    >
      <a class="skip" href="/plain">
        {say("skip")}
      </a>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={say("canvas", { district: of(ground?.name) })}
      />
      <div ref={names} class="names" aria-hidden="true" />
      <div class="top">
        <header class="here">
          <h1>{of(ground?.name)}</h1>
          <p>
            <span aria-live="polite">{zone ? of(zone.name) : say("here.outside")}</span>
            <Population />
          </p>
          <Halls />
        </header>
        <div class="bars">
          <Turn />
          <Announced />
          <LinkBar />
          <Restrained />
          <Talk />
          <Notices />
        </div>
      </div>
      <Menu />
      <Outside />
      <Captions />
      <div class="bottom">
        <Chat />
        <div class="hands">
          <Use />
          <Gestures made={(stance) => world && gesture(world, stance)} />
        </div>
      </div>
      {world && <OpenSheet world={world} />}
      <Thumb stick={stick} />
      {world && new URLSearchParams(location.search).has("debug") && <Counters world={world} />}
      <p class="unseen" role="status">
        {me.value?.name}
      </p>
      <OnScreen />
    </div>
  );
}

/** Apart, so that of the street nothing else is made anew when somebody comes. */
function Population() {
  if (!population.value) return null; // not known yet
  const people = number(population.value);
  const words = say("here.population", { n: people });
  return (
    <span class="population" title={words}>
      <Icon name="people" size={16} />
      <span aria-hidden="true">{people}</span>
      <span class="unseen">{words}</span>
    </span>
  );
}

function Menu() {
  const offered = client.value?.welcome?.city.services;
  const panels = PANELS.filter(({ service }) => !service || !offered || offered.includes(service));
  return (
    <nav class="menu" aria-label={say("menu")}>
      {panels.map(({ id, icon, title }) => (
        <button
          key={id}
          type="button"
          aria-expanded={open.value === id}
          aria-controls="sheet"
          title={say(title)}
          onClick={() => {
            person.value = null;
            open.value = open.value === id ? null : id;
          }}
        >
          <Icon name={icon} />
          <span>{say(title)}</span>
        </button>
      ))}
    </nav>
  );
}

/** What stands on the screens beside the stages, for who does not see them. */
function OnScreen() {
  const now = board.value;
  return (
    <p class="unseen on_screen" aria-live="polite" dir="auto">
      {now && say("hall.screen", { head: now.head, text: now.text })}
    </p>
  );
}

function OpenSheet({ world }: { world: World }) {
  return open.value ? <Sheet key={open.value} id={open.value} world={world} /> : null;
}

function gesture(world: World, stance: number): void {
  world.gesture(stance);
  if (stance !== 3) client.value?.emote(stance).catch(() => {});
}

/** What the line does while it is not there. */
function LinkBar() {
  const [, tick] = useState(0);
  const { state, retryAt } = link.value;
  useEffect(() => {
    if (state !== "away") return;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [state]);
  if (state !== "away") return null;
  const left = Math.ceil(((retryAt ?? 0) - performance.now()) / 1000);
  return (
    <div class="link_bar" role="alert">
      <span>{left > 0 ? say("link.away", { s: left }) : say("link.away_now")}</span>
      <button type="button" onClick={() => client.value?.hurry()}>
        {say("link.hurry")}
      </button>
    </div>
  );
}
