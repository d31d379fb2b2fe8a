// Who is near: by distance; and of one who was chosen, what one may do together or against.
import { useEffect, useState } from "preact/hooks";
import { spared } from "../pace";
import { type Person, people, whisper } from "../state";
import { type Key, say } from "../texts";
import { PersonCard, roleOf, walkUp } from "./person";
import type { PanelProps } from "./registry";
import { person, protection } from "./safety_state";

/** So many rows are set right with a frame; sixty at once, as in a crowd, took the page 15 ms. */
const ROWS_A_FRAME = 3;

/** So many are listed before one asks for more. */
const AT_FIRST = 20;

export function People({ world }: PanelProps) {
  const chosen = person.value;
  return chosen ? (
    <PersonCard key={`${chosen.citizen} ${chosen.message}`} chosen={chosen} world={world} />
  ) : (
    <Near world={world} />
  );
}

function Near({ world }: PanelProps) {
  const [shown, setShown] = useState<readonly Person[]>(() => nearer([], people.value));
  const [isUsed, setUsed] = useState(false);
  const [most, setMost] = useState(AT_FIRST);
  // Under a hand or a finger nobody changes places: one would write to whoever walked by.
  const all = isUsed ? held(people.value, shown) : people.value;
  const next = nearer(shown, all.slice(0, most));
  useEffect(() => {
    if (next === shown) return;
    return spared(() => setShown(next));
  });
  const uses = (on: boolean) => () => setUsed(on);
  if (!all.length && !shown.length) return <p class="soft">{say("people.none")}</p>;
  return (
    <>
      <ul
        class="rows people"
        onPointerEnter={uses(true)}
        onPointerLeave={uses(false)}
        onFocusIn={uses(true)}
        onFocusOut={uses(false)}
      >
        {shown.map((each, place) => (
          // by their places, so that of a row its words change and not the row
          <Row
            key={place}
            slot={each.slot}
            citizen={each.citizen}
            name={each.name}
            role={roleOf(each.roles)}
            away={each.away}
            metres={each.metres}
            isGone={isGone(each)}
            isBlocked={protection.value.blocked.includes(each.citizen)}
            world={world}
          />
        ))}
      </ul>
      {all.length > most && (
        <button type="button" class="quiet" onClick={() => setMost(most + AT_FIRST)}>
          {say("more")}
        </button>
      )}
    </>
  );
}

interface RowProps extends PanelProps {
  slot: number;
  citizen: string;
  name: string;
  role: string;
  away: boolean;
  metres: number;
  isGone: boolean;
  isBlocked: boolean;
}

/** Made anew only when something of it is another. */
function Row({ slot, citizen, name, role, away, metres, isGone, isBlocked, world }: RowProps) {
  return (
    <li>
      <span class={`dot ${role}`} aria-hidden="true" />
      <span class="grow">
        <bdi>{name}</bdi>
        <small>
          {[
            say(`role.${role}` as Key),
            say(isGone ? "people.left" : "people.metres", { m: metres }),
            away && say("people.away"),
            isBlocked && say("people.blocked"),
          ]
            .filter(Boolean)
            .join(" · ")}
        </small>
      </span>
      <button
        type="button"
        class="quiet"
        aria-disabled={isGone}
        aria-label={`${say("people.walk")}: ${name}`}
        onClick={() => !isGone && walkUp(world, slot)}
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

/** Those who were shown, where they were, also who has gone meanwhile; and newcomers after them. */
function held(all: readonly Person[], shown: readonly Person[]): Person[] {
  const now = new Map(all.map((each) => [each.citizen, each]));
  // who is on the way from one row to another is in both
  const there = new Map(shown.map((was) => [was.citizen, now.get(was.citizen) ?? was]));
  return [...there.values(), ...all.filter(({ citizen }) => !there.has(citizen))];
}

function isGone({ citizen }: Person): boolean {
  return !people.value.some((each) => each.citizen === citizen);
}

/** The rows as they are after one more frame: the first that are wrong set right; the same list when none is. */
function nearer(shown: readonly Person[], wanted: readonly Person[]): readonly Person[] {
  const rows = [...shown];
  let left = ROWS_A_FRAME;
  for (let i = 0; i < wanted.length && left; i++) {
    const one = wanted[i]!;
    if (isSame(rows[i], one)) continue;
    left--;
    rows[i] = one;
  }
  const isDone = left === ROWS_A_FRAME && rows.length === wanted.length;
  if (left) rows.length = wanted.length;
  return isDone ? shown : rows;
}

function isSame(one: Person | undefined, other: Person): boolean {
  return (
    one?.slot === other.slot &&
    one.citizen === other.citizen &&
    one.name === other.name &&
    one.away === other.away &&
    one.metres === other.metres &&
    one.roles.join() === other.roles.join()
  );
}
