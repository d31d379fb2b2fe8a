// The console's door: staff come in with a token of the city, which stays in this tab.
import { useState } from "preact/hooks";
import { SendButton } from "../send_button.tsx";
import { City } from "./city.ts";
import { goodbye, Languages } from "./desk.tsx";
import { useSpeech } from "./speech.tsx";

/** `why` one was sent away, where one was. */
export function Door({ open, why }: { open(city: City): void; why?: string | undefined }) {
  const { t } = useSpeech();
  const [state, setState] = useState<"" | "asking" | "refused" | "away">("");

  const come = (event: Event) => {
    event.preventDefault();
    const token = `${new FormData(event.target as HTMLFormElement).get("token")}`.trim();
    setState("asking");
    const city = new City(token);
    city.client.welcomed.then(
      () => open(city),
      () => setState("refused"),
    );
    city.on("state", (change) => change.state === "coming" && setState("away"));
  };

  return (
    <main class="door">
      <Languages />
      <h1>{t("console")}</h1>
      <p>{t("door_text")}</p>
      <form onSubmit={come}>
        <label>
          <span>{t("token")}</span>
          <textarea
            name="token"
            rows={4}
            required
            spellcheck={false}
            autocomplete="off"
            aria-describedby="door-said"
          />
        </label>
        <SendButton kind="good" waits={state === "asking"}>
          {t("come_in")}
        </SendButton>
        <p id="door-said" class="wrong" role="alert">
          {state === "" && why && t(goodbye(why))}
          {state === "refused" && t("token_refused")}
          {state === "away" && t("city_away")}
        </p>
      </form>
      <details>
        <summary>{t("token_whence")}</summary>
        <pre>madang token --sub me --name "…" --role moderator --role host</pre>
      </details>
    </main>
  );
}
