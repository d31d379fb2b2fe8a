// A talk with an officer: what the officer's last step in it was, until one has read it.
import { signal } from "@preact/signals";
import type { Client, Words } from "madang";
import { of, say, time } from "../texts";

const talk = signal<Words.ModerationTalkGuarded | null>(null);

/** Listens for as long as the client lives; what it returns ends that. */
export function followTalk(city: Client): () => void {
  const end = city.on("moderation.talk_guarded", (told) => {
    talk.value = told;
  });
  return () => {
    end();
    talk.value = null;
  };
}

export function Talk() {
  const told = talk.value;
  if (!told) return null;
  return (
    <div class="restrained" role="alert">
      <p>
        {told.office && <b>{of(told.office)} </b>}
        {of(told.text)}
        {told.until && ` ${say("talk.until", { until: time(told.until) })}`}
      </p>
      {told.words && <p>{told.words}</p>}
      {told.step === "end" && (
        <p>
          <small>
            {(["began_at", "warned_at", "recorded_at"] as const)
              .filter((step) => told[step])
              .map((step) => say(`talk.${step}`, { at: time(told[step]!) }))
              .join(" · ")}
          </small>
        </p>
      )}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          talk.value = null;
        }}
      >
        {say("talk.read")}
      </button>
    </div>
  );
}
