// Who did what to whom, where, why, until when: by time, by citizen, by moderator; and what the public is told of it.

import type { Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { useAnswer } from "../answers.ts";
import type { View } from "../desk.tsx";
import { useNames, Who } from "../people.tsx";
import { useSpeech } from "../speech.tsx";

export function Audit({ city, go }: View) {
  const { t, day } = useSpeech();
  const [by, setBy] = useState<"time" | "citizen" | "moderator">("time");
  const [who, setWho] = useState("");
  const [after, setAfter] = useState<string>();
  const [acts, setActs] = useState<Words.AuditRow[]>([]);
  const fields = by !== "time" && !who ? undefined : { by, who: by === "time" ? undefined : who, after };
  const { answer, refusal } = useAnswer(city, "moderation.audit", fields, after ? [] : ["moderation.acted"]);
  useEffect(() => {
    if (answer) setActs((before) => (after ? [...before, ...answer.acts] : answer.acts));
  }, [answer, after]);
  useNames(
    city,
    acts.flatMap((row) => [row.by, row.citizen]),
  );
  return (
    <>
      <h1>{t("audit")}</h1>
      <form class="search" onSubmit={(event) => event.preventDefault()}>
        <div class="tabs" role="tablist">
          {(["time", "citizen", "moderator"] as const).map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              aria-selected={each === by}
              onClick={() => {
                setBy(each);
                setAfter(undefined);
                setActs([]);
              }}
            >
              {t(`by_${each}`)}
            </button>
          ))}
        </div>
        {by !== "time" && (
          <label>
            <span>{t("citizen_id")}</span>
            <input
              value={who}
              onChange={(event) => setWho(event.currentTarget.value.trim())}
              spellcheck={false}
            />
          </label>
        )}
      </form>
      {refusal && <p class="wrong">{t(`code_${refusal}`)}</p>}
      <table>
        <thead>
          <tr>
            {(["when", "by", "what", "about_whom", "scope", "reason", "note"] as const).map((word) => (
              <th key={word} scope="col">
                {t(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {acts.map((row, n) => (
            <tr key={`${row.at}-${n}`}>
              <td>{day(row.at)}</td>
              <td title={row.office ?? undefined}>
                {row.by ? <Who city={city} id={row.by} /> : t("the_clock")}
              </td>
              <td>
                {t(`act_${row.act}`)} {row.kind && t(`kind_${row.kind}`)}
              </td>
              <td>
                {row.citizen && (
                  <button type="button" class="link" onClick={() => go("citizens", row.citizen!)}>
                    <Who city={city} id={row.citizen} />
                  </button>
                )}
              </td>
              <td>{row.scope || t("whole_city")}</td>
              <td>{row.reason && t(row.reason)}</td>
              <td>{row.words}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer?.next && (
        <button type="button" onClick={() => setAfter(answer.next ?? undefined)}>
          {t("more")}
        </button>
      )}
      <Statistics city={city} />
    </>
  );
}

function Statistics({ city }: { city: View["city"] }) {
  const { t, span } = useSpeech();
  const { answer } = useAnswer(city, "moderation.statistics", { days: 30 });
  if (!answer) return null;
  const told = (numbers: { [word: string]: number | null }, before = "") =>
    Object.entries(numbers)
      .map(([word, n]) => `${t(before + word)} ${n ?? t("under_five")}`)
      .join(" · ") || "–";
  return (
    <section>
      <h2>{t("statistics")}</h2>
      <dl class="figures">
        <dt>{t("sanctions")}</dt>
        <dd>{told(answer.sanctions, "kind_")}</dd>
        <dt>{t("reason")}</dt>
        <dd>{told(answer.by_reason)}</dd>
        <dt>{t("reports")}</dt>
        <dd>{told(answer.reports, "state_")}</dd>
        <dt>{t("appeals")}</dt>
        <dd>{told(answer.appeals, "appeal_")}</dd>
        <dt>{t("median_claim")}</dt>
        <dd>{answer.median_claim_s == null ? "–" : span(answer.median_claim_s * 1000)}</dd>
      </dl>
    </section>
  );
}
