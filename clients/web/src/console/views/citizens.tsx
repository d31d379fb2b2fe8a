// Citizens: found by name while they are here, or by id; one of them as moderation knows them, with every sanction.
import { useState } from "preact/hooks";
import { command, useActing } from "../acts.tsx";
import { useAnswer } from "../answers.ts";
import type { City } from "../city.ts";
import type { View } from "../desk.tsx";
import { Figures } from "../figures.tsx";
import { FindCitizen } from "../finding.tsx";
import { useNames } from "../people.tsx";
import { Rows } from "../rows.tsx";
import { useSpeech } from "../speech.tsx";
import { lift, Sanction, sanction } from "./sanctions.tsx";

export function Citizens(view: View) {
  const { t } = useSpeech();
  const { city, which, go } = view;
  return (
    <>
      <h1>{t("citizens")}</h1>
      <FindCitizen city={city} which={which} open={(id) => go("citizens", id)} />
      {which ? <Person key={which} {...view} /> : <p class="empty">{t("citizens_text")}</p>}
    </>
  );
}

function Person({ city, which, go }: View) {
  const { t, own, day, role } = useSpeech();
  const { act } = useActing();
  const [reason, setReason] = useState<string>();
  const { answer, refusal } = useAnswer(city, "moderation.person", { citizen: which, reason }, [
    "moderation.desk_changed",
    "moderation.acted",
  ]);
  const here = useNames(city, [which]).get(which);
  if (refusal === "not_found" && !here) return <p class="empty">{t("code_not_found")}</p>;
  if (refusal === "not_found")
    return (
      <>
        <h2 class="person">
          <bdi>{here!.name}</bdi> <small>{here!.roles.map(role).join(" · ")}</small>
        </h2>
        <p>{t("visitor_unknown")}</p>
        <p class="acts">
          <button type="button" class="bad" onClick={() => act(sanction(city, which, here!.district ?? ""))}>
            {t("sanction")}
          </button>
          <Talk city={city} citizen={which} />
        </p>
      </>
    );
  if (refusal && which === city.client.citizen.id) return <p class="empty">{t("not_oneself")}</p>;
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
  const district = city.client.welcome!.city.districts.find(({ id }) => id === here?.district);
  return (
    <>
      <h2 class="person">
        {here ? <bdi>{here.name}</bdi> : t("not_here_now")}{" "}
        <small>
          {here && `${here.roles.map(role).join(" · ")} · ${own(district?.name) || t("in_no_district")} · `}
          <code>{which}</code>
        </small>
      </h2>
      <Figures
        of={[
          [t("points"), answer.points.toFixed(1)],
          [t("proposed_step"), t(`kind_${proposed}`)],
          [t("reports_about"), answer.reports_about],
          [t("reports_by"), answer.reports_by],
          [t("first_seen"), day(answer.first_seen)],
        ]}
      />
      <p class="acts">
        <button type="button" class="bad" onClick={() => act(sanction(city, which, "", { kind: proposed }))}>
          {t("sanction")}
        </button>
        {here && <Talk city={city} citizen={which} />}
        {here?.district && (
          <button type="button" onClick={() => go("live", `${here.district}`)}>
            {t("on_the_map")}
          </button>
        )}
      </p>
      {answer.sanctions.length ? (
        <Rows
          label={t("sanctions")}
          rows={answer.sanctions.map((row) => ({
            id: row.sanction,
            title: t(`kind_${row.kind}`),
            about: `${t(row.reason)} · ${day(row.at)} · ${t(`state_${row.state}`)}`,
            row,
          }))}
          acts={({ row }) => (row.state === "in_force" ? [lift(city, row)] : [])}
          detail={({ row }) => <Sanction city={city} row={row} />}
        />
      ) : (
        <p class="empty calm">{t("never_sanctioned")}</p>
      )}
    </>
  );
}

/** A word to one citizen; they see from whom. */
export function Talk({ city, citizen }: { city: City; citizen: string }) {
  const { t } = useSpeech();
  const { act } = useActing();
  return (
    <button
      type="button"
      onClick={() =>
        act({
          key: "",
          label: "talk_to",
          fields: [{ name: "text", label: "text", kind: "text" }],
          does: command(city, "chat.say", { to: "citizen", citizen }),
        })
      }
    >
      {t("talk_to")}
    </button>
  );
}
