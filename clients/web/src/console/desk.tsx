// The desk: which view is open, how the line to the city is, and the keys that lead everywhere.
import { Parted } from "madang";
import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ActingProvider } from "./acts.tsx";
import { useAnswer, useClock } from "./answers.ts";
import type { City } from "./city.ts";
import { Keys, useKeys } from "./keys.tsx";
import { type Language, useSpeech, type Word } from "./speech.tsx";
import { Announcements } from "./views/announcements.tsx";
import { Audit } from "./views/audit.tsx";
import { Citizens } from "./views/citizens.tsx";
import { Health } from "./views/health.tsx";
import { Live } from "./views/live.tsx";
import { Offices } from "./views/offices.tsx";
import { Petitions } from "./views/petitions.tsx";
import { Questions } from "./views/questions.tsx";
import { Appeals, Held, Reports } from "./views/reports.tsx";

export interface View {
  city: City;
  /** What of the view is open, from the address. */
  which: string;
  go(view: string, which?: string): void;
}

const VIEWS: [path: string, name: Word, view: ComponentType<View>, roles: string[]][] = [
  ["live", "live", Live, ["moderator", "host", "operator"]],
  [
    "questions",
    "question_time",
    Questions,
    ["moderator", "host", "operator", "official", "grant:captioner", "grant:interpreter"],
  ],
  ["announcements", "announcements", Announcements, ["host", "operator", "moderator"]],
  ["reports", "reports", Reports, ["moderator", "host", "operator", "grant:authority"]],
  ["held", "held", Held, ["moderator", "host", "operator"]],
  ["appeals", "appeals", Appeals, ["moderator", "host", "operator"]],
  ["citizens", "citizens", Citizens, ["moderator", "host", "operator"]],
  ["petitions", "petitions", Petitions, ["official", "operator"]],
  ["audit", "audit", Audit, ["moderator", "host", "operator"]],
  ["health", "health", Health, ["operator", "moderator", "host"]],
  ["offices", "offices", Offices, ["host", "moderator", "grant:auditor"]],
];

/** The key of each view, as they stand beside one another on a keyboard. */
const KEYS = "1234567890-";

function useAddress(): [path: string, which: string, go: View["go"]] {
  const [hash, setHash] = useState(location.hash);
  useLayoutEffect(() => {
    const changed = () => setHash(location.hash);
    changed(); // it may have changed between the first look and this
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const [path = "", which = ""] = hash.replace(/^#\/?/, "").split("/");
  return [
    path,
    decodeURIComponent(which),
    (view, id) => {
      location.hash = `/${view}${id ? `/${encodeURIComponent(id)}` : ""}`;
    },
  ];
}

/** Why one may be sent away, as far as people can do something about it. */
const GOODBYES = new Set(["superseded", "bad_token", "kicked", "banned"]);

/** The words for a goodbye. */
export function goodbye(code: string): Word {
  return GOODBYES.has(code) ? (`goodbye_${code}` as Word) : "line_parted";
}

function codeOf({ whyOver }: City["client"]): string {
  return whyOver instanceof Parted ? whyOver.goodbye.code : "";
}

interface Opened {
  city: City;
  /** To the door, with the code of the goodbye where one was sent away. */
  leave(code?: string): void;
  /** In again, by the same token. */
  again(): void;
}

export function Desk({ city, leave, again }: Opened) {
  const [state, setState] = useState(city.client.state);
  const [isAway, setAway] = useState(false);
  useLayoutEffect(() => {
    setState(city.client.state); // it may have changed between the first look and this
    return city.on("state", (change) => {
      setState(change.state);
      setAway(change.error !== undefined);
    });
  }, [city]);
  if (!city.client.welcome) return <Waiting state={state} isAway={isAway} leave={leave} city={city} />;
  return (
    <ActingProvider>
      <Open city={city} state={state} leave={leave} again={again} />
    </ActingProvider>
  );
}

interface Waits extends Pick<Opened, "city" | "leave"> {
  state: string;
  isAway: boolean;
}

function Waiting({ state, isAway, city, leave }: Waits) {
  const { t } = useSpeech();
  useEffect(() => {
    if (state === "parted") leave(codeOf(city.client));
  }, [state, city]);
  return (
    <main class="door">
      <p role="status">{t(isAway ? "city_away" : "coming")}</p>
      <button
        type="button"
        onClick={() => {
          city.leave();
          leave();
        }}
      >
        {t("leave")}
      </button>
    </main>
  );
}

function Open({ city, state, leave, again }: Opened & { state: string }) {
  const { t, own, role } = useSpeech();
  const [path, which, go] = useAddress();
  // What one was given, or had, opens views and closes them.
  const [, hold] = useState(0);
  useEffect(() => city.on("citizen.changed", () => hold((n) => n + 1)), [city]);
  const views = VIEWS.filter(([, , , roles]) => city.is(...roles));
  const [open] = [views.find(([name]) => name === path) ?? views[0]];
  const welcome = city.client.welcome!;
  const isModerating = city.is("moderator", "host", "operator", "grant:authority");
  const desk = useAnswer(city, "moderation.desk", isModerating ? { which: "reports" } : undefined, [
    "moderation.desk_changed",
    "moderation.alerted",
  ]);
  const waiting = desk.answer?.waiting ?? {};

  const [isTold, tellKeys] = useState(false);
  const wantsSearch = useRef(false);
  useKeys((key) => {
    if (key === "?") tellKeys(true);
    else if (key === "/") {
      wantsSearch.current = true;
      if (["citizens", "audit", "offices"].includes(open?.[0] ?? "")) search();
      else go("citizens");
    } else if (key && KEYS.includes(key)) {
      const view = views[KEYS.indexOf(key)];
      if (view) go(view[0]);
    } else return false;
    return true;
  });
  const search = () => {
    const field = document.querySelector<HTMLInputElement>("main input[type=search]");
    if (!wantsSearch.current || !field) return;
    wantsSearch.current = false;
    field.focus();
  };
  useLayoutEffect(search);

  // Who listens hears which view it is; who works in another tab sees how much waits.
  const main = useRef<HTMLElement>(null);
  const name = open?.[0];
  const first = useRef(name);
  useEffect(() => {
    if (first.current !== name && !main.current?.contains(document.activeElement)) main.current?.focus();
    first.current = name;
  }, [name]);
  // On a phone the views are a row that is longer than the page: the open one is in sight.
  const nav = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [name]);
  const waits = Object.values(waiting).reduce((sum, n) => sum + n, 0);
  const title = `${open ? `${t(open[1])} · ` : ""}${own(welcome.city.name)} ${t("console")}`;
  useEffect(() => {
    document.title = waits ? `(${waits}) ${title}` : title;
  }, [waits, title]);

  return (
    <div class="desk">
      <a class="skip" href="#main">
        {t("skip")}
      </a>
      <header>
        <p class="brand">
          {own(welcome.city.name)} <span>{t("console")}</span>
        </p>
        <p class={`line ${state}`} role="status">
          {t(`line_${state}`)}
        </p>
        <Clock city={city} />
        <Languages />
        <p class="me">
          {welcome.citizen.name} <small>{welcome.citizen.roles.map(role).join(" · ")}</small>
        </p>
        <button
          type="button"
          onClick={() => {
            city.leave();
            leave();
          }}
        >
          {t("leave")}
        </button>
      </header>
      <nav ref={nav} aria-label={t("views")}>
        {views.map(([name, label], n) => (
          <a key={name} href={`#/${name}`} aria-current={name === open?.[0] ? "page" : undefined}>
            <kbd>{KEYS[n]}</kbd> {t(label)}
            {waiting[name] ? <b class="count">{waiting[name]}</b> : null}
          </a>
        ))}
        <p class="keys">
          <button type="button" onClick={() => tellKeys(true)}>
            {t("keys")} <kbd>?</kbd>
          </button>
        </p>
      </nav>
      <main id="main" ref={main} tabIndex={-1} aria-label={open && t(open[1])}>
        {state === "parted" && <Over city={city} leave={leave} again={again} />}
        <Alarms city={city} />
        {open ? (
          <Shown view={open[2]} city={city} which={which} go={go} />
        ) : (
          <p class="empty">{t("code_not_allowed")}</p>
        )}
      </main>
      {isTold && <Keys close={() => tellKeys(false)} />}
    </div>
  );
}

/** The session is over for good: why, and the way in again; what is shown is of before. */
function Over({ city, leave, again }: Opened) {
  const { t } = useSpeech();
  const code = codeOf(city.client);
  return (
    <p class="alarm" role="alert">
      {t(goodbye(code))}{" "}
      <button
        type="button"
        onClick={() => {
          if (code !== "bad_token") return again();
          city.leave();
          leave(code);
        }}
      >
        {t("come_in_again")}
      </button>
    </p>
  );
}

function Shown({ view: Opened, ...view }: View & { view: ComponentType<View> }) {
  return <Opened {...view} />;
}

/** What is told to the whole desk at once: a raid, a wish to stop the venue. */
function Alarms({ city }: { city: City }) {
  const { t, span } = useSpeech();
  const [alarms, setAlarms] = useState<{ n: number; kind: string; scope: string; until: number }[]>([]);
  const now = useClock(city);
  useEffect(
    () =>
      city.on("moderation.alerted", ({ n, kind, scope, until, at }) =>
        setAlarms((before) => [{ n, kind, scope, until: until ?? at + 60_000 }, ...before].slice(0, 4)),
      ),
    [city],
  );
  return (
    <div role="alert">
      {alarms
        .filter(({ until }) => until > now)
        .map(({ n, kind, scope, until }) => (
          <p key={n} class="alarm">
            <strong>{t(`alert_${kind}`)}</strong> {scope || t("whole_city")} · {span(until - now)}
          </p>
        ))}
    </div>
  );
}

function Clock({ city }: { city: City }) {
  const { time } = useSpeech();
  useClock(city);
  return <time class="clock">{time(city.client.serverTime)}</time>;
}

export function Languages() {
  const { language, choose } = useSpeech();
  const names: Record<Language, string> = { ko: "한국어", en: "English" };
  return (
    <p class="languages">
      {(["ko", "en"] as const).map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          aria-pressed={each === language}
          onClick={() => choose(each)}
        >
          {names[each]}
        </button>
      ))}
    </p>
  );
}
