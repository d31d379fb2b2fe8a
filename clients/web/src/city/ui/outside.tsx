// Before a district: in the line of one that is full, or kept out of it; with the other ways one may go.
import { restraints } from "../panels/safety_state";
import { client, open } from "../state";
import { number, of, say } from "../texts";
import { shut, travel, waiting } from "../travel";

/** Seconds under which a wait is told in seconds. */
const SECONDS_TOLD = 90;

export function Outside() {
  const line = waiting.value;
  const out = shut.value;
  const before = line?.district ?? out?.district;
  if (!before) return null;
  const districts = client.value?.welcome?.city.districts ?? [];
  const name = of(districts.find(({ id }) => id === before)?.name);
  return (
    <section class="outside card" aria-labelledby="outside">
      <div role="status">
        <h2 id="outside">{line ? say("line.title", { name }) : say("outside.title", { name })}</h2>
        {line ? <Place place={line.place} waitMs={line.waitMs} /> : <p>{out?.text}</p>}
      </div>
      <p class="row">
        {line ? (
          <button type="button" class="quiet" onClick={line.giveUp}>
            {say("line.give_up")}
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => void travel(before)}>
            {say("outside.again")}
          </button>
        )}
        {restraints.value.length > 0 && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              open.value = "safety";
            }}
          >
            {say("safety.details")}
          </button>
        )}
        <a class="quiet" href="/plain">
          {say("arrival.plain")}
        </a>
      </p>
      <h3>{say("map.districts")}</h3>
      <p class="row">
        {districts
          .filter(({ id, open: isOpen }) => isOpen && id !== before)
          .map(({ id, name: text }) => (
            <button key={id} type="button" class="quiet" onClick={() => void travel(id)}>
              {of(text)}
            </button>
          ))}
      </p>
    </section>
  );
}

function Place({ place, waitMs }: { place: number | null; waitMs: number | null }) {
  if (place === null) return <p>{say("line.asking")}</p>;
  const seconds = waitMs === null ? null : Math.ceil(waitMs / 1000);
  const wait =
    seconds === null
      ? say("line.wait_unknown")
      : seconds < SECONDS_TOLD
        ? say("line.wait_s", { n: seconds })
        : say("line.wait_min", { n: Math.ceil(seconds / 60) });
  return (
    <>
      <p class="place_in_line">{say("line.place", { n: number(place) })}</p>
      <p>{wait}</p>
      <p class="soft">{say("line.kept")}</p>
    </>
  );
}
