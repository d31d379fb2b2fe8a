// One citizen as moderation knows them: points, the step that is proposed, every sanction and appeal.
import { useState } from "preact/hooks";
import { useActing } from "../acts.tsx";
import { useAnswer } from "../answers.ts";
import type { View } from "../desk.tsx";
import { Rows } from "../rows.tsx";
import { useSpeech } from "../speech.tsx";
import { lift, Sanction, sanction } from "./sanctions.tsx";

export function Citizens(view: View) {
  const { t } = useSpeech();
  const { which, go } = view;
  return (
    <>
      <h1>{t("citizens")}</h1>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          go("citizens", `${new FormData(event.currentTarget as HTMLFormElement).get("id")}`.trim());
        }}
      >
        <label>
          <span>{t("citizen_id")}</span>
          <input key={which} name="id" defaultValue={which} required spellcheck={false} autocomplete="off" />
        </label>
        <button type="submit">{t("show")}</button>
      </form>
      {which ? <Person key={which} {...view} /> : <p class="empty">{t("citizens_text")}</p>}
    </>
  );
}

function Person({ city, which }: View) {
  const { t, day } = useSpeech();
  const { act } = useActing();
  const [reason, setReason] = useState<string>();
  const { answer, refusal } = useAnswer(city, "moderation.person", { citizen: which, reason }, [
    "moderation.desk_changed",
    "moderation.acted",
  ]);
  if (refusal === "not_found") return <p class="empty">{t("code_not_found")}</p>;
  if (refusal)
    return (
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          setReason(`${new FormData(event.currentTarget as HTMLFormElement).get("reason")}`);
        }}
      >
        <p class="wrong">{t(`code_${refusal}`)}</p>
        <label>
          <span>{t("why_look")}</span>
          <input name="reason" required />
        </label>
        <button type="submit">{t("show")}</button>
      </form>
    );
  if (!answer) return <p class="empty">{t("loading")}</p>;
  const proposed = answer.ladder.kind;
  return (
    <>
      <dl class="figures">
        <dt>{t("points")}</dt>
        <dd>{answer.points.toFixed(1)}</dd>
        <dt>{t("proposed_step")}</dt>
        <dd>{t(`kind_${proposed}`)}</dd>
        <dt>{t("reports_about")}</dt>
        <dd>{answer.reports_about}</dd>
        <dt>{t("reports_by")}</dt>
        <dd>{answer.reports_by}</dd>
        <dt>{t("first_seen")}</dt>
        <dd>{day(answer.first_seen)}</dd>
      </dl>
      <p class="acts">
        <button type="button" class="bad" onClick={() => act(sanction(city, which, "", { kind: proposed }))}>
          {t("sanction")}
        </button>
      </p>
      <Rows
        label={t("sanctions")}
        rows={answer.sanctions.map((row) => ({
          id: row.sanction,
          title: t(`kind_${row.kind}`),
          about: `${t(row.reason)} · ${day(row.at)} · ${t(`state_${row.state}`)}`,
          row,
        }))}
        acts={({ row }) => (row.state === "in_force" ? [lift(city, row)] : [])}
        detail={({ row }) => <Sanction row={row} />}
      />
    </>
  );
}
