// What one is kept from now, and until when; and the way to why, and to the appeal.
import { HaveRead } from "../panels/have_read";
import { restraints } from "../panels/safety_state";
import { open } from "../state";
import { day, type Key, say, time } from "../texts";

/** Longer than so, an end is told with its day. */
const TODAY_MS = 12 * 3_600_000;

export function Restrained() {
  const [worst, ...more] = restraints.value;
  if (!worst) return null;
  const isLong = worst.until - worst.at > TODAY_MS;
  const until = isLong ? `${day(worst.until)} ${time(worst.until)}` : time(worst.until);
  return (
    <div class="restrained" role="alert">
      <p>
        <b>{say(`sanction.${worst.kind}` as Key)}</b>{" "}
        {say(`sanction.told.${worst.kind}` as Key, { until, s: worst.every_s ?? 0 })}
        {more.length > 0 && ` ${say("safety.and_more", { n: more.length })}`}
      </p>
      {worst.kind === "warn" && <HaveRead sanction={worst.sanction} />}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          open.value = "safety";
        }}
      >
        {say("safety.details")}
      </button>
    </div>
  );
}
