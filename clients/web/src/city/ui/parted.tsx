// The session is over for good: why, and how to come in again.
import { useEffect, useRef } from "preact/hooks";
import { link } from "../state";
import { say, sayMaybe } from "../texts";

export function Parted({ again }: { again: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const { code = "", message = "" } = link.value;
  return (
    <div class="veil">
      <div
        class="card"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="parted"
        aria-describedby="parted_why"
      >
        <h2 id="parted">{say("link.parted")}</h2>
        <p id="parted_why">{sayMaybe(`goodbye.${code}`, message || say("arrival.unreachable"))}</p>
        <p class="row">
          <button ref={button} type="button" class="primary" onClick={again}>
            {say("link.again")}
          </button>
          <a class="quiet" href="/plain">
            {say("arrival.plain")}
          </a>
        </p>
      </div>
    </div>
  );
}
