// Who is near: by distance; and of one who was chosen, what one may do together or against.
import { people, whisper } from "../state";
import { type Key, say } from "../texts";
import { PersonCard, roleOf, walkUp } from "./person";
import type { PanelProps } from "./registry";
import { person, protection } from "./safety_state";

export function People({ world }: PanelProps) {
  const chosen = person.value;
  if (chosen) return <PersonCard key={`${chosen.citizen} ${chosen.message}`} chosen={chosen} world={world} />;
  const all = people.value;
  if (!all.length) return <p class="soft">{say("people.none")}</p>;
  return (
    <ul class="rows people">
      {all.map(({ slot, citizen, name, roles, away, metres }) => {
        const role = roleOf(roles);
        return (
          <li key={slot}>
            <span class={`dot ${role}`} aria-hidden="true" />
            <span class="grow">
              <bdi>{name}</bdi>
              <small>
                {say(`role.${role}` as Key)} · {say("people.metres", { m: metres })}
                {away && ` · ${say("people.away")}`}
                {protection.value.blocked.includes(citizen) && ` · ${say("people.blocked")}`}
              </small>
            </span>
            <button
              type="button"
              class="quiet"
              aria-label={`${say("people.walk")}: ${name}`}
              onClick={() => walkUp(world, slot)}
            >
              {say("people.walk")}
            </button>
            <button
              type="button"
              class="quiet"
              aria-label={`${say("people.whisper")}: ${name}`}
              onClick={() => {
                whisper.value = { citizen, name };
              }}
            >
              {say("people.whisper")}
            </button>
            <button
              type="button"
              class="quiet"
              aria-label={`${say("people.more")}: ${name}`}
              title={say("people.more")}
              onClick={() => {
                person.value = { citizen, name, slot };
              }}
            >
              ⋯
            </button>
          </li>
        );
      })}
    </ul>
  );
}
