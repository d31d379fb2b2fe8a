// The button that sends a form.
import type { ComponentChildren } from "preact";

interface Props {
  kind?: string;
  /** It may not be pressed: something is missing, or on its way. */
  waits: boolean;
  children: ComponentChildren;
}

/** One that is disabled while it sends would lose the focus to nothing, and who uses keys their place. */
export function SendButton({ kind = "primary", waits, children }: Props) {
  return (
    <button
      type="submit"
      class={kind}
      aria-disabled={waits}
      onClick={(event) => waits && event.preventDefault()}
    >
      {children}
    </button>
  );
}
