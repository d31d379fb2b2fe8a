// What the citizen is told in passing.
import { notices } from "../state";

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ key, tone, text }) => (
        <p key={key} class={tone}>
          {text}
        </p>
      ))}
    </div>
  );
}
