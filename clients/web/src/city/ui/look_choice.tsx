// Choosing how one looks: what one wears, and of which colour.
import { MODELS, type Model, TINTS } from "../crowd/wear";
import { InParts } from "../panels/in_parts";
import { type Key, say } from "../texts";
import { Portrait } from "./portrait";

/** Of who has not chosen, until the city chooses for them. */
const NO_TINT = "#8a8578";

export function avatarOf(
  model: string,
  tint: number | undefined,
): { model: string; tint?: number } | undefined {
  if (!model && tint === undefined) return undefined;
  return { model: model || "plain", ...(tint !== undefined && { tint }) };
}

interface Choice {
  model: string;
  tint: number | undefined;
  changed: (model: string, tint: number | undefined) => void;
}

export function LookChoice({ model, tint, changed }: Choice) {
  return (
    <div class="look">
      <Portrait
        model={(model || "plain") as Model}
        colour={tint === undefined ? NO_TINT : `#${tint.toString(16).padStart(6, "0")}`}
      />
      <label class="field">
        <span>{say("arrival.look")}</span>
        <select name="model" value={model} onChange={(event) => changed(event.currentTarget.value, tint)}>
          <option value="">{say("model.any")}</option>
          {MODELS.map((each) => (
            <option key={each} value={each}>
              {say(`model.${each}` as Key)}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="tints">
        <legend>{say("arrival.tint")}</legend>
        <InParts each={4}>
          {TINTS.map((colour, n) => {
            const value = Number.parseInt(colour.slice(1), 16);
            return (
              <label key={colour} class="tint" style={{ "--tint": colour }}>
                <input
                  type="radio"
                  name="tint"
                  value={value}
                  checked={tint === value}
                  aria-label={say(`tint.${n + 1}` as Key)}
                  onChange={() => changed(model, value)}
                />
              </label>
            );
          })}
        </InParts>
      </fieldset>
    </div>
  );
}
