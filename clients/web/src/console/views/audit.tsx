// Who did what to whom, where, why, until when: by time, by citizen, by moderator; and what the public is told of it.

import type { Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { useAnswer } from "../answers.ts";
import type { View } from "../desk.tsx";
import { Figures } from "../figures.tsx";
import { FindCitizen } from "../finding.tsx";
import { useNames, Who } from "../people.tsx";
import { usePlaces } from "../places.ts";
import { type Speech, useSpeech } from "../speech.tsx";
import { Tabs } from "../tabs.tsx";

const MODES = new Set(["shield", "is_unique", "holds_links", "is_staff_only", "is_locked"]);

export function Audit({ city, go }: View) {
  const { t, day } = useSpeech();
  const placeOf = usePlaces(city);
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
      <Tabs
        label={t("audit")}
        tabs={(["time", "citizen", "moderator"] as const).map((id) => ({ id, text: t(`by_${id}`) }))}
        open={by}
        choose={(id) => {
          setBy(id as typeof by);
          setWho("");
          setAfter(undefined);
          setActs([]);
        }}
      />
      {by !== "time" && (
        <FindCitizen
          city={city}
          which={`${by} ${who}`}
          open={(id) => {
            setAfter(undefined);
            setWho(id);
          }}
        />
      )}
      {by !== "time" && who && (
        <p>
          <Who city={city} id={who} />
        </p>
      )}
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
              <td data-label={t("when")}>{day(row.at)}</td>
              <td data-label={t("by")} title={row.office ?? undefined}>
                {row.by ? <Who city={city} id={row.by} /> : t("the_clock")}
              </td>
              <td data-label={t("what")}>
                {t(`act_${row.act}`)} {row.kind && kindOf(t, row.kind)}
              </td>
              <td data-label={t("about_whom")}>
                {row.citizen && (
                  <button type="button" class="link" onClick={() => go("citizens", row.citizen!)}>
                    <Who city={city} id={row.citizen} />
                  </button>
                )}
              </td>
              <td data-label={t("scope")}>{placeOf(row.scope)}</td>
              <td data-label={t("reason")}>{row.reason && t(row.reason)}</td>
              <td data-label={t("note")}>{row.words && <bdi>{row.words}</bdi>}</td>
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

/** What kind of an act: one of the city's words, or the modes of a place as it tells them (`shield, slow 10`). */
function kindOf(t: Speech["t"], kind: string): string {
  return kind
    .split(", ")
    .map((one) => {
      const [, seconds] = /^slow (\d+)$/.exec(one) ?? [];
      if (seconds) return `${t("slow_mode")} ${t("seconds", { n: seconds })}`;
      return t(MODES.has(one) ? one : `kind_${one}`);
    })
    .join(", ");
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
      <Figures
        of={[
          [t("sanctions"), told(answer.sanctions, "kind_")],
          [t("reason"), told(answer.by_reason)],
          [t("reports"), told(answer.reports, "state_")],
          [t("appeals"), told(answer.appeals, "appeal_")],
          [t("median_claim"), answer.median_claim_s == null ? "–" : span(answer.median_claim_s * 1000)],
        ]}
      />
    </section>
  );
}
