// What who cannot draw in 3D is told: why, and where the same city is in words.
import { language } from "../state";
import { say, speak } from "../texts";

export function NoDrawing() {
  return (
    <main class="arrival">
      <div class="card">
        <h1>{say("no_webgl.title")}</h1>
        <p>{say("no_webgl.why")}</p>
        <p class="row">
          <a class="primary" href="/plain">
            {say("no_webgl.plain")}
          </a>
          <button
            type="button"
            class="quiet"
            onClick={() => void speak(language.value === "ko" ? "en" : "ko")}
          >
            {language.value === "ko" ? "English" : "한국어"}
          </button>
        </p>
      </div>
    </main>
  );
}
