// A warning is read before one writes on.
import { attempt } from "../session";
import { client } from "../state";
import { say } from "../texts";

export function HaveRead({ sanction }: { sanction: string }) {
  return (
    <button
      type="button"
      class="primary"
      onClick={() => void attempt(client.value!.ask("moderation.acknowledge", { sanction }))}
    >
      {say("safety.have_read")}
    </button>
  );
}
