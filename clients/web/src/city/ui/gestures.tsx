// Gestures: five buttons, and the keys 1 to 5.
import { say } from "../texts";
import { Stance } from "../walk/stride";
import { Icon } from "./icons";

export const GESTURES = [
  { id: "wave", stance: Stance.wave },
  { id: "clap", stance: Stance.clap },
  { id: "raise_hand", stance: Stance.raise_hand },
  { id: "dance", stance: Stance.dance },
  { id: "sit", stance: Stance.sit },
] as const;

export function Gestures({ made }: { made: (stance: number) => void }) {
  return (
    <fieldset class="gestures" aria-label={say("gesture")}>
      {GESTURES.map(({ id, stance }, i) => (
        <button
          key={id}
          type="button"
          title={`${say(`gesture.${id}`)} (${i + 1})`}
          aria-label={say(`gesture.${id}`)}
          onClick={() => made(stance)}
        >
          <Icon name={id} />
        </button>
      ))}
    </fieldset>
  );
}
