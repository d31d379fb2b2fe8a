// What one may set for oneself: look, language, light, how finely it is drawn, how much it moves.
import { useState } from "preact/hooks";
import { lookOf } from "../crowd/look";
import { attempt, codeForAnother, isKnown } from "../session";
import { chosen, client, keep, language, type Settings, settings } from "../state";
import { type Key, say, speak } from "../texts";
import { avatarOf, LookChoice } from "../ui/look_choice";
import { InParts } from "./in_parts";
import { OwnOffices } from "./offices";
import type { PanelProps } from "./registry";

function set(more: Partial<Settings>): void {
  settings.value = { ...settings.value, ...more };
  keep(more);
}

export function SettingsPanel({ world }: PanelProps) {
  const now = settings.value;
  const [model, setModel] = useState<string>(chosen.model ?? "");
  const [tint, setTint] = useState<number | undefined>(chosen.tint);
  const choose = (to: string, colour: number | undefined) => {
    setModel(to);
    setTint(colour);
    Object.assign(chosen, { model: to, tint: colour });
    keep({ model: to, tint: colour });
    const avatar = avatarOf(to, colour);
    world.dress(lookOf(client.value!.citizen.id, avatar));
    if (avatar) void attempt(client.value!.change(avatar), say("saved"));
  };
  const check = (name: "calm" | "contrast" | "names") => (
    <label class="check">
      <input
        type="checkbox"
        checked={now[name]}
        onChange={(event) => set({ [name]: event.currentTarget.checked })}
      />
      <span>{say(`settings.${name}`)}</span>
    </label>
  );
  const pick = <K extends "light" | "quality">(name: K, values: readonly Settings[K][]) => (
    <fieldset class="picks">
      <legend>{say(`settings.${name}`)}</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            checked={now[name] === value}
            onChange={() => set({ [name]: value } as Partial<Settings>)}
          />
          <span>{say(`settings.${name}_${value}` as Key)}</span>
        </label>
      ))}
    </fieldset>
  );
  return (
    <InParts>
      <OwnOffices />
      <h3>{say("settings.look")}</h3>
      <LookChoice model={model} tint={tint} changed={choose} />
      <fieldset class="picks">
        <legend>{say("settings.language")}</legend>
        {(["ko", "en"] as const).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="language"
              checked={language.value === each}
              onChange={() => void speak(each)}
            />
            <span lang={each}>{each === "ko" ? "한국어" : "English"}</span>
          </label>
        ))}
      </fieldset>
      {pick("light", ["seoul", "day"])}
      {pick("quality", ["auto", "fine", "plain"])}
      {check("calm")}
      {check("contrast")}
      {check("names")}
      <h3>{say("settings.keys")}</h3>
      <ul class="prose">
        <li>{say("settings.keys_walk")}</li>
        <li>{say("settings.keys_look")}</li>
        <li>{say("settings.keys_use")}</li>
      </ul>
      {isKnown() && <OtherDevice />}
      <p class="row">
        <a class="quiet" href="/plain">
          {say("settings.plain")}
        </a>
        <button type="button" class="quiet" onClick={() => client.value?.close()}>
          {say("settings.leave")}
        </button>
      </p>
    </InParts>
  );
}

/** The code by which one goes on at another device, without 3D. */
function OtherDevice() {
  const [told, setTold] = useState("");
  const ask = async () => {
    const answer = await codeForAnother();
    setTold(
      answer
        ? say("settings.code", { code: answer.code, minutes: Math.round(answer.valid_ms / 60_000) })
        : say("refused.unavailable"),
    );
  };
  return (
    <p class="row">
      <button type="button" class="quiet" onClick={() => void ask()}>
        {say("settings.other_device")}
      </button>
      <output>{told}</output>
    </p>
  );
}
