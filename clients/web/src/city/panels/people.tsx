// Who is near: by distance; and of one who was chosen, what one may do together or against.
import { useRef, useState } from "preact/hooks";
import { type Person, people, whisper } from "../state";
import { type Key, say } from "../texts";
import { PersonCard, roleOf, walkUp } from "./person";
import type { PanelProps } from "./registry";
import { person, protection } from "./safety_state";

export function People({ world }: PanelProps) {
  const chosen = person.value;
  const shown = useRef<number[]>([]);
  const [isUsed, setUsed] = useState(false);
  if (chosen) {
    if (isUsed) setUsed(false);
    return <PersonCard key={`${chosen.citizen} ${chosen.message}`} chosen={chosen} world={world} />;
  }
  // Under a hand or a finger nobody changes places: one would write to whoever walked by.
  const all = isUsed ? inOrder(people.value, shown.current) : people.value;
  shown.current = all.map(({ slot }) => slot);
  const uses = (on: boolean) => () => setUsed(on);
  if (!all.length) return <p class="soft">{say("people.none")}</p>;
  return (
    <ul
      class="rows people"
      onPointerEnter={uses(true)}
      onPointerLeave={uses(false)}
      onFocusIn={uses(true)}
      onFocusOut={uses(false)}
    >
      {all.map(({ slot, citizen, name, roles, away, metres }) => (
        <Row
          key={slot}
          slot={slot}
          citizen={citizen}
          name={name}
          role={roleOf(roles)}
          away={away}
          metres={metres}
          isBlocked={protection.value.blocked.includes(citizen)}
          world={world}
        />
      ))}
    </ul>
  );
}

interface RowProps extends PanelProps {
  slot: number;
  citizen: string;
  name: string;
  role: string;
  away: boolean;
  metres: number;
  isBlocked: boolean;
}

/** Made anew only when something of it is another. */
function Row({ slot, citizen, name, role, away, metres, isBlocked, world }: RowProps) {
  return (
    <li>
      <span class={`dot ${role}`} aria-hidden="true" />
      <span class="grow">
        <bdi>{name}</bdi>
        <small>
          {say(`role.${role}` as Key)} · {say("people.metres", { m: metres })}
          {away && ` · ${say("people.away")}`}
          {isBlocked && ` · ${say("people.blocked")}`}
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
}

/** Those who were shown where they were, and newcomers after them. */
function inOrder(all: readonly Person[], shown: readonly number[]): Person[] {
  const place = new Map(shown.map((slot, n) => [slot, n]));
  const at = ({ slot }: Person) => place.get(slot) ?? shown.length;
  return [...all].sort((a, b) => at(a) - at(b));
}
