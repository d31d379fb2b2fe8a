// What can be done where one stands: go through a gate, read what an exhibit says.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { client, notice, told, within } from "../state";
import { of, say } from "../texts";
import { travel } from "../travel";
import { Icon } from "./icons";

const reading = signal(false);

/** Does what the button does. */
export function use(): void {
  const here = within.value;
  if (!here) return;
  if ("exhibit" in here) {
    reading.value = !reading.value;
    return;
  }
  const { to, id } = here.portal;
  const known = told.value?.portals.find((portal) => portal.id === id);
  if (known?.open === false) notice(say("use.closed"), "bad");
  else void travel(to.district, { portal: to.portal });
}

export function Use() {
  const here = within.value;
  useEffect(() => {
    reading.value = false;
  }, [here]);
  if (!here) return <div class="use" aria-live="polite" />;
  if ("portal" in here) {
    return (
      <div class="use" aria-live="polite">
        <button type="button" class="primary" onClick={use}>
          <Icon name="door" size={18} /> <span>{of(here.portal.name)}</span> <kbd>{say("use.key")}</kbd>
        </button>
      </div>
    );
  }
  const { exhibit } = here;
  return (
    <div class="use" aria-live="polite">
      {reading.value && (
        <article class="paper">
          <h2>{of(exhibit.name)}</h2>
          <p>{of(exhibit.text)}</p>
          {exhibit.link && (
            <p>
              <a href={exhibit.link} target="_blank" rel="noopener noreferrer">
                {say("exhibit.link")}
              </a>
            </p>
          )}
          {exhibit.record && (
            <p class="soft">
              {say("exhibit.verified", { day: exhibit.record.verified_at, by: exhibit.record.verified_by })}
              {exhibit.record.stale_after < new Date(client.value!.serverTime).toISOString().slice(0, 10) &&
                ` ${say("exhibit.stale")}`}
            </p>
          )}
        </article>
      )}
      <button type="button" class="primary" aria-expanded={reading.value} onClick={use}>
        <Icon name="book" size={18} /> <span>{of(exhibit.name)}</span> <kbd>{say("use.key")}</kbd>
      </button>
    </div>
  );
}
