// The way in: a name, a look, a district; or a token, for who comes as oneself.
import type { CityCard } from "madang";
import { useEffect, useState } from "preact/hooks";
import { SendButton } from "../../send_button.tsx";
import { come, token, why } from "../session";
import { chosen, keep, language, wanted } from "../state";
import { number, of, say, speak } from "../texts";
import { avatarOf, LookChoice } from "./look_choice";

/** The city is asked again after so long, while it does not answer. */
const AGAIN_MS = 3000;

function useCity(): CityCard | "away" | null {
  const [city, setCity] = useState<CityCard | "away" | null>(null);
  useEffect(() => {
    let timer = 0;
    let isOver = false;
    const ask = async () => {
      try {
        const answer = await fetch("/api/city");
        if (!answer.ok) throw new Error(String(answer.status));
        const found = (await answer.json()) as CityCard;
        if (!isOver) setCity(found);
      } catch {
        if (isOver) return;
        setCity("away");
        timer = window.setTimeout(() => void ask(), AGAIN_MS);
      }
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return city;
}

export function Arrival({ arrived }: { arrived: () => void }) {
  const city = useCity();
  const [name, setName] = useState(chosen.name ?? "");
  const [model, setModel] = useState<string>(chosen.model ?? "");
  const [tint, setTint] = useState<number | undefined>(chosen.tint);
  const [picked, setPicked] = useState(new URLSearchParams(location.search).get("district") ?? "");
  const [identity, setIdentity] = useState(token() ?? "");
  const [isComing, setComing] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  const told = city && city !== "away" ? city : undefined;
  const districts = told?.districts ?? [];
  const where =
    districts.find(({ id, open }) => open && id === picked)?.id ??
    districts.find(({ open }) => open)?.id ??
    "";
  const other = language.value === "ko" ? "en" : "ko";

  const submit = async (event: Event) => {
    event.preventDefault();
    if (isComing || !where) return;
    setComing(true);
    setFault(null);
    keep({ name, model, tint });
    wanted.value = where;
    try {
      await come({
        name: name.trim(),
        avatar: avatarOf(model, tint),
        locale: language.value,
        identity: identity.trim(),
      });
      arrived();
    } catch (error) {
      setFault(error);
      setComing(false);
    }
  };

  return (
    <main class="arrival">
      <Scenery />
      <form class="card" onSubmit={(event) => void submit(event)}>
        <header>
          <h1>
            <span lang="ko">마당</span> <small lang="en">Madang</small>
          </h1>
          <button type="button" class="quiet" lang={other} onClick={() => void speak(other)}>
            {other === "en" ? "English" : "한국어"}
          </button>
        </header>
        <p class="lead">
          {told && <b>{of(told.name)}. </b>}
          {say(told?.services.includes("petitions") === false ? "arrival.lead_walk" : "arrival.lead")}
        </p>
        <label class="field">
          <span>{say("arrival.name")}</span>
          <input
            name="name"
            dir="auto"
            maxLength={40}
            value={name}
            autocomplete="nickname"
            aria-describedby="name_hint"
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <small id="name_hint">{say("arrival.name_hint")}</small>
        </label>
        <LookChoice
          model={model}
          tint={tint}
          changed={(to, colour) => {
            setModel(to);
            setTint(colour);
          }}
        />
        <fieldset>
          <legend>{say("arrival.where")}</legend>
          {city === null && <p>{say("arrival.loading")}</p>}
          {city === "away" && (
            <p role="status" class="bad">
              {say("arrival.unreachable")}
            </p>
          )}
          <div class="places">
            {districts.map(({ id, name: text, open, population }) => (
              <label key={id} class={open ? "place" : "place shut"}>
                <input
                  type="radio"
                  name="district"
                  value={id}
                  checked={where === id}
                  disabled={!open}
                  onChange={() => setPicked(id)}
                />
                <span>{of(text)}</span>
                <small>
                  {open ? say("arrival.population", { n: number(population) }) : say("arrival.closed")}
                </small>
              </label>
            ))}
          </div>
        </fieldset>
        <details>
          <summary>{say("arrival.token")}</summary>
          <label class="field">
            <span>{say("arrival.token_label")}</span>
            <input
              name="token"
              type="password"
              autocomplete="off"
              spellcheck={false}
              value={identity}
              aria-describedby="token_hint"
              onInput={(event) => setIdentity(event.currentTarget.value)}
            />
            <small id="token_hint">{say("arrival.token_hint")}</small>
          </label>
          <Issuers />
        </details>
        {fault !== null && (
          <p role="alert" class="bad">
            {why(fault).text}
          </p>
        )}
        <div class="row">
          <SendButton waits={isComing || !where}>
            {say(isComing ? "arrival.entering" : "arrival.enter")}
          </SendButton>
          <a class="quiet" href="/plain">
            {say("arrival.plain")}
          </a>
        </div>
      </form>
    </main>
  );
}

/** Who gives the tokens that this city believes, beside the city itself. */
function Issuers() {
  const [names, setNames] = useState<{ ko: string; en: string }[]>([]);
  useEffect(() => {
    fetch("/api/issuers")
      .then((answer) => (answer.ok ? answer.json() : []))
      .then(
        (cards: { name: { ko: string; en: string } }[]) => setNames(cards.map(({ name }) => name)),
        () => {}, // the city is away, which is told elsewhere
      );
  }, []);
  if (!names.length) return null;
  return <p class="soft">{say("arrival.issuers", { names: names.map(of).join(", ") })}</p>;
}

/** Mountains, and the roof of a gate before them. */
function Scenery() {
  return (
    <svg
      class="scenery"
      viewBox="0 0 1200 420"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden="true"
      focusable="false"
    >
      <circle class="sun" cx="860" cy="120" r="56" />
      <path class="far" d="M0 300Q120 190 230 250T460 170T640 240T830 150T1010 230T1200 180V420H0Z" />
      <path class="near" d="M0 350Q160 260 300 310T620 280T900 310T1200 260V420H0Z" />
      <path
        class="tiles"
        d="M300 322Q396 314 424 252H776Q804 314 900 322Q888 336 858 338H342Q312 336 300 322Z"
      />
      <path
        class="ridge"
        d="M416 242H784L778 256H422ZM300 320Q396 314 424 252L436 254Q410 326 312 330ZM900 320Q804 314 776 252L764 254Q790 326 888 330Z"
      />
      <path class="paint" d="M366 338H834V354H366Z" />
      <path
        class="pillar"
        d="M384 354h16v66h-16zM466 354h16v66h-16zM548 354h16v66h-16zM636 354h16v66h-16zM718 354h16v66h-16zM800 354h16v66h-16z"
      />
    </svg>
  );
}
