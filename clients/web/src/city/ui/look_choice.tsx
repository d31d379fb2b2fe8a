// Choosing how one looks: what one wears, and of which colour.
import { MODELS, TINTS } from "../crowd/look";
import { InParts } from "../panels/in_parts";
import { type Key, say } from "../texts";

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
          {TINTS.map((colour) => {
            const value = Number.parseInt(colour.slice(1), 16);
            return (
              <label key={colour} class="tint" style={{ "--tint": colour }}>
                <input
                  type="radio"
                  name="tint"
                  value={value}
                  checked={tint === value}
                  aria-label={colour}
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
