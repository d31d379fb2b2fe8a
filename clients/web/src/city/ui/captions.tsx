// The captions that one follows, over everything and whatever is open: one reads them while one does something else.
import { choose, followed, lines } from "../panels/captions_state";
import { attempt } from "../session";
import { client } from "../state";
import { say } from "../texts";

export function Captions() {
  const mine = followed.value;
  if (!mine) return null;
  const stop = () => void attempt(choose(client.value!, mine.session, ""));
  return (
    <div class="captions">
      <div role="log" aria-live="polite" aria-label={say("captions")} lang={mine.channel} dir="auto">
        {lines.value.map(({ line, text, is_struck }) => (
          <p key={line}>{is_struck ? "…" : text}</p>
        ))}
        {!lines.value.length && <p class="soft">{say("captions.none_yet")}</p>}
      </div>
      <button type="button" class="quiet" aria-label={say("captions.stop")} onClick={stop}>
        ×
      </button>
    </div>
  );
}
