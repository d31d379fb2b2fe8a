// Who is near: by distance, with what one may do together.
import { client, people, whisper } from "../state";
import { type Key, say } from "../texts";
import type { PanelProps } from "./registry";

const ROLES = ["operator", "host", "moderator", "official", "citizen"] as const;

export function People({ world }: PanelProps) {
  const all = people.value;
  if (!all.length) return <p class="soft">{say("people.none")}</p>;
  return (
    <ul class="rows people">
      {all.map(({ slot, citizen, name, roles, away, metres }) => {
        const role = ROLES.find((each) => roles.some((one) => one.split("@")[0] === each)) ?? "visitor";
        return (
          <li key={slot}>
            <span class={`dot ${role}`} aria-hidden="true" />
            <span class="grow">
              <bdi>{name}</bdi>
              <small>
                {say(`role.${role}` as Key)} · {say("people.metres", { m: metres })}
                {away && ` · ${say("people.away")}`}
              </small>
            </span>
            <button
              type="button"
              class="quiet"
              aria-label={`${say("people.walk")}: ${name}`}
              onClick={() => {
                const other = [...(client.value?.others() ?? [])].find((one) => one.slot === slot);
                if (other)
                  world.goTo(other.x - Math.sin(other.yaw) * -1.2, other.z + Math.cos(other.yaw) * 1.2);
              }}
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
          </li>
        );
      })}
    </ul>
  );
}
