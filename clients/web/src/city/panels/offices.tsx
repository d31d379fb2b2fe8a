// One's own offices: what one holds, where and until when, and what is over; what one no longer wants is laid down.
import type { Words } from "madang";
import { attempt } from "../session";
import { client } from "../state";
import { moment, of, say } from "../texts";
import { offices } from "./offices_state";

export function OwnOffices() {
  if (!offices.value.length) return null;
  return (
    <>
      <h3>{say("offices.mine")}</h3>
      <ul class="rows">
        {offices.value.map((one) => (
          <Office key={one.given} one={one} />
        ))}
      </ul>
    </>
  );
}

function Office({ one }: { one: Words.GivenOffice }) {
  const { given, name, scope, until, ended_at, why } = one;
  const districts = client.value?.welcome?.city.districts ?? [];
  const where = of(districts.find(({ id }) => id === scope.split("/")[0])?.name) || say("offices.city");
  const told = ended_at
    ? say(`offices.was_${why ?? "time"}` as "offices.was_time", { at: moment(ended_at) })
    : say(one.is_of_event ? "offices.until_event" : "offices.until", { until: moment(until) });
  return (
    <li>
      <span>
        {of(name)} <small>{`${where} · ${told}`}</small>
      </span>
      {!ended_at && (
        <button
          type="button"
          class="quiet"
          aria-label={`${say("offices.lay_down")}: ${of(name)}`}
          onClick={() => void attempt(client.value!.ask("offices.end", { given }), say("offices.laid_down"))}
        >
          {say("offices.lay_down")}
        </button>
      )}
    </li>
  );
}
