// The map: the whole district with everyone on it, ways to its zones by name, and to the other districts.
import { useState } from "preact/hooks";
import { linkTo } from "../links";
import { type District, middle } from "../plan";
import { client, district, link, notice, population, told } from "../state";
import { number, of, say } from "../texts";
import { travel } from "../travel";
import type { World } from "../world";
import { Chart } from "./chart";
import { InParts } from "./in_parts";
import type { PanelProps } from "./registry";

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
