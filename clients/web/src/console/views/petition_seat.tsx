// One's seat at the desk: who sits there is given new cases and hears of them at once; who does not, hears nothing.
import { useActing } from "../acts.tsx";
import type { View } from "../desk.tsx";
import { useSpeech } from "../speech.tsx";

/** `changed` is told when it was taken or left: what came before was not heard of. */
export function Seat({ city, isTaken, changed }: { city: View["city"]; isTaken: boolean; changed(): void }) {
  const { t } = useSpeech();
  const { act } = useActing();
  const serve = async (present: boolean, contact?: string) => {
    await city.ask("petitions.serve", { present, ...(contact && { contact }) });
    changed();
  };
  return (
    <section class="seat" aria-label={t("seat")}>
      <p role="status">{t(isTaken ? "seat_taken" : "seat_says")}</p>
      {!isTaken && (
        <button
          type="button"
          class="good"
          onClick={() =>
            act({
              key: "",
              label: "seat_take",
              kind: "good",
              fields: [{ name: "contact", label: "seat_contact", is_optional: true }],
              does: ({ contact }) => serve(true, contact as string | undefined),
            })
          }
        >
          {t("seat_take")}
        </button>
      )}
      {isTaken && (
        <button type="button" onClick={() => act({ key: "", label: "seat_leave", does: () => serve(false) })}>
          {t("seat_leave")}
        </button>
      )}
    </section>
  );
}
