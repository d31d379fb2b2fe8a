// Reports with their evidence, lines that wait, appeals and what waits for a second person.
import type { Words } from "madang";
import { type Act, command } from "../acts.tsx";
import { useAnswer, useClock, useList } from "../answers.ts";
import type { View } from "../desk.tsx";
import { useNames, Who } from "../people.tsx";
import { usePlaces } from "../places.ts";
import { type Row, Rows } from "../rows.tsx";
import { useSpeech } from "../speech.tsx";
import { Tabs } from "../tabs.tsx";
import { annotate, claim, claimedBy, lift, Sanction, sanction } from "./sanctions.tsx";

const CHANGES = ["moderation.desk_changed" as const];

/** Whether somebody has still to decide on it: what only waits to be handed over is decided. */
const isOpen = ({ state }: Words.ReportRow) => state === "open" || state === "claimed";

type ReportOfDesk = Row & { report: Words.ReportRow };

export function Reports({ city, which, go }: View) {
  const { t, span } = useSpeech();
  const placeOf = usePlaces(city);
  const now = useClock(city);
  const kind = which === "authority" ? "authority" : "reports";
  const { pages, refusal, more } = useList(city, "moderation.desk", { which: kind }, CHANGES);
  const reports = pages?.flatMap((page) => page.reports);
  const names = useNames(city, reports?.flatMap((one) => [one.claimed_by, one.citizen]) ?? []);
  const rows = reports?.map(
    (report): ReportOfDesk => ({
      id: report.report,
      title: [
        t(report.reason),
        report.is_minor && t("minor"),
        report.citizen && (names.get(report.citizen)?.name ?? report.citizen.slice(0, 8)),
      ]
        .filter(Boolean)
        .join(" · "),
      about: (
        <>
          <bdi>{report.words || report.subject || report.message}</bdi> ·{" "}
          {t("ago", { span: span(now - report.at) })} · {placeOf(report.scope)}
        </>
      ),
      claimed: claimedBy(city, t, report.claimed_by, report.claimed_until, now, names),
      isUrgent: report.is_minor === true || (isOpen(report) && report.claim_by < now),
      report,
    }),
  );
  return (
    <>
      <h1>{t("reports")}</h1>
      <Tabs
        label={t("reports")}
        tabs={(["reports", "authority"] as const).map((id) => ({
          id,
          text: t(id),
          count: pages?.[0]?.waiting[id],
        }))}
        open={kind}
        choose={(id) => go("reports", id)}
      />
      <Rows
        key={kind}
        label={t(kind)}
        rows={rows}
        refusal={refusal}
        more={more}
        of={pages?.[0]?.waiting[kind]}
        acts={({ report }) =>
          kind === "authority"
            ? [handOver(city, report.report)]
            : [
                claim(city, report.report, report.claimed_by),
                ...(report.citizen
                  ? [
                      actedUpon(city, report),
                      {
                        key: "p",
                        label: "open_person" as const,
                        does: async () => go("citizens", report.citizen!),
                      },
                    ]
                  : []),
                {
                  key: "d",
                  label: "decide",
                  fields: [
                    {
                      name: "outcome",
                      label: "outcome",
                      kind: "choice",
                      choices: ["no_action", "escalated"],
                    },
                    { name: "words", label: "note", kind: "text" },
                  ],
                  does: taken(
                    city,
                    report.report,
                    command(city, "moderation.decide_report", { report: report.report }),
                  ),
                },
                ...(rows!.length > 1 ? [merged(city, report, rows!)] : []),
                annotate(city, report.report),
              ]
        }
        detail={({ report }) => (
          <>
            <h2>{t(report.reason)}</h2>
            <p class="quote">
              <bdi>{report.words}</bdi>
            </p>
            <dl>
              <dt>{t("about_whom")}</dt>
              <dd>
                <Who city={city} id={report.citizen} />
              </dd>
              <dt>{t("state")}</dt>
              <dd>{t(`state_${report.state}`)}</dd>
              {isOpen(report) && (
                <>
                  <dt>{t("claim_by")}</dt>
                  <dd class={report.claim_by < now ? "late" : ""}>
                    {t(report.claim_by < now ? "overdue_by" : "due_in", {
                      span: span(report.claim_by - now),
                    })}
                  </dd>
                </>
              )}
              <dt>{t("scope")}</dt>
              <dd>{placeOf(report.scope)}</dd>
              <dt>{t("joined")}</dt>
              <dd>{report.merged.length}</dd>
            </dl>
            {report.notes.map((note) => (
              <p key={note.at} class="note">
                <Who city={city} id={note.by} />: <bdi>{note.text}</bdi>
              </p>
            ))}
            <Evidence key={report.report} city={city} report={report.report} />
          </>
        )}
      />
    </>
  );
}

/** Takes a case in hand before something is done about it, so that of two moderators one alone does it. */
function taken(city: View["city"], id: string, does: Act["does"]): Act["does"] {
  return async (values) => {
    await city.ask("moderation.claim", { case: id, on: true });
    return does(values);
  };
}

/** Says that the authority whose case it also is was told. */
function handOver(city: View["city"], report: string): Act {
  return {
    key: "a",
    label: "hand_over",
    fields: [{ name: "words", label: "to_which_authority", kind: "text" }],
    does: command(city, "moderation.hand_over", { report }),
  };
}

/** A sanction that closes the report. */
function actedUpon(city: View["city"], report: Words.ReportRow): Act {
  const act = sanction(city, report.citizen!, report.scope, { reports: [report.report] });
  return {
    ...act,
    does: taken(city, report.report, async (values) => {
      const { sanctions } = (await act.does(values)) as Words.SanctionDone;
      await city.ask("moderation.decide_report", { report: report.report, outcome: "acted", sanctions });
    }),
  };
}

/** Several who report the same: this one is decided with another, those of the same person first. */
function merged(city: View["city"], report: Words.ReportRow, rows: ReportOfDesk[]): Act {
  const others = rows.filter((other) => other.report.report !== report.report);
  others.sort(
    (a, b) => Number(b.report.citizen === report.citizen) - Number(a.report.citizen === report.citizen),
  );
  const choices = others.map((other) => ({
    value: other.id,
    text: `${other.title}${other.report.words ? ` · ${other.report.words.slice(0, 60)}` : ""}`,
  }));
  return {
    key: "m",
    label: "merge",
    fields: [{ name: "into", label: "merge_into", kind: "choice", choices }],
    does: taken(
      city,
      report.report,
      command(city, "moderation.decide_report", { report: report.report, outcome: "merged" }),
    ),
  };
}

/** What the city kept of the moment: the lines the reporter saw, and who stood where. */
function Evidence({ city, report }: { city: View["city"]; report: string }) {
  const { t, time } = useSpeech();
  const { answer, refusal } = useAnswer(city, "moderation.evidence", { report });
  if (refusal) return <p class="empty">{t(`code_${refusal}`)}</p>;
  if (!answer) return <p class="empty">{t("loading")}</p>;
  return (
    <section class="evidence">
      <h3>{t("evidence")}</h3>
      {answer.lines.length === 0 && <p class="empty">{t("no_lines")}</p>}
      <ol class="lines">
        {answer.lines.map((line) => (
          <li key={`${line.at}${line.message}`}>
            <time>{time(line.at)}</time>{" "}
            <strong>
              <bdi>{line.name}</bdi>
            </strong>{" "}
            <bdi>{line.text}</bdi>
          </li>
        ))}
      </ol>
      {answer.tracks.length > 0 && (
        <p>
          {t("near_then")}:{" "}
          {answer.tracks.map((track, n) => (
            <>
              {n > 0 && ", "}
              <bdi>{track.name}</bdi>
            </>
          ))}
        </p>
      )}
    </section>
  );
}

export function Held({ city }: View) {
  const { t, span } = useSpeech();
  const placeOf = usePlaces(city);
  const now = useClock(city);
  const { pages, refusal, more } = useList(city, "moderation.desk", { which: "held" }, CHANGES);
  const lines = pages?.flatMap((page) => page.held);
  const names = useNames(city, lines?.map(({ claimed_by }) => claimed_by) ?? []);
  const rows = lines?.map((held): Row & { held: Words.HeldRow } => ({
    id: held.held,
    title: held.text,
    about: (
      <>
        <bdi>{held.name}</bdi> · {t(`held_${held.reason}`)} · {placeOf(held.scope)} ·{" "}
        {t("left", { span: span(held.expires_at - now) })}
      </>
    ),
    claimed: claimedBy(city, t, held.claimed_by, held.claimed_until, now, names),
    isUrgent: held.expires_at - now < 60_000,
    held,
  }));
  return (
    <>
      <h1>{t("held")}</h1>
      <Rows
        label={t("held")}
        rows={rows}
        refusal={refusal}
        more={more}
        of={pages?.[0]?.waiting["held"]}
        acts={({ held }) => [
          claim(city, held.held, held.claimed_by),
          {
            key: "a",
            label: "approve",
            kind: "good",
            does: taken(
              city,
              held.held,
              command(city, "moderation.decide_held", { held: held.held, approve: true }),
            ),
          },
          {
            key: "e",
            label: "edit_approve",
            fields: [
              { name: "text", label: "text", kind: "text", value: held.text },
              { name: "words", label: "words_told", kind: "text" },
            ],
            does: taken(
              city,
              held.held,
              command(city, "moderation.decide_held", { held: held.held, approve: true }),
            ),
          },
          {
            key: "d",
            label: "refuse",
            kind: "bad",
            fields: [{ name: "words", label: "words_told", kind: "text" }],
            does: taken(
              city,
              held.held,
              command(city, "moderation.decide_held", { held: held.held, approve: false }),
            ),
          },
          sanction(city, held.citizen, held.scope),
        ]}
        detail={({ held }) => (
          <>
            <h2>
              <bdi>{held.name}</bdi>
            </h2>
            <p class="quote">
              <bdi>{held.text}</bdi>
            </p>
            <dl>
              <dt>{t("why_held")}</dt>
              <dd>
                {t(`held_${held.reason}`)}
                {held.marks.length > 0 && ` (${held.marks.join(", ")})`}
              </dd>
              <dt>{t("to")}</dt>
              <dd>
                {t(`to_${held.to}`)} · {placeOf(held.scope)}
              </dd>
              <dt>{t("expires")}</dt>
              <dd>{span(held.expires_at - now)}</dd>
              <dt>{t("earlier")}</dt>
              <dd>
                {Object.entries(held.history)
                  .map(([kind, n]) => `${t(`kind_${kind}`)} ${n}`)
                  .join(" · ") || "–"}
              </dd>
            </dl>
            <ol class="lines">
              {held.context.map((line) => (
                <li key={line.at}>
                  <strong>
                    <bdi>{line.name}</bdi>
                  </strong>{" "}
                  <bdi>{line.text}</bdi>
                </li>
              ))}
            </ol>
          </>
        )}
      />
    </>
  );
}

export function Appeals({ city, which, go }: View) {
  const { t, span } = useSpeech();
  const now = useClock(city);
  const kind = which === "proposals" ? "proposals" : "appeals";
  const { pages, refusal, more } = useList(city, "moderation.desk", { which: kind }, CHANGES);
  const sanctions = pages?.flatMap((page) => page.sanctions);
  const names = useNames(city, sanctions?.map(({ appeal }) => appeal?.claimed_by) ?? []);
  const rows = sanctions?.map((row): Row & { row: Words.SanctionRow } => ({
    id: row.sanction,
    title: `${t(`kind_${row.kind}`)} · ${t(row.reason)}`,
    about: row.appeal?.text ?? row.words,
    claimed: claimedBy(city, t, row.appeal?.claimed_by, row.appeal?.claimed_until, now, names),
    isUrgent: (row.appeal?.answer_by ?? now) < now,
    row,
  }));
  return (
    <>
      <h1>{t("appeals")}</h1>
      <Tabs
        label={t("appeals")}
        tabs={(["appeals", "proposals"] as const).map((id) => ({
          id,
          text: t(id),
          count: pages?.[0]?.waiting[id],
        }))}
        open={kind}
        choose={(id) => go("appeals", id)}
      />
      <Rows
        key={kind}
        label={t(kind)}
        rows={rows}
        refusal={refusal}
        more={more}
        of={pages?.[0]?.waiting[kind]}
        acts={({ row }) =>
          kind === "proposals"
            ? [
                {
                  key: "a",
                  label: "agree",
                  kind: "good",
                  does: command(city, "moderation.second", { sanction: row.sanction, agree: true }),
                },
                {
                  key: "d",
                  label: "disagree",
                  kind: "bad",
                  does: command(city, "moderation.second", { sanction: row.sanction, agree: false }),
                },
              ]
            : [
                claim(city, row.sanction, row.appeal?.claimed_by),
                {
                  key: "d",
                  label: "decide",
                  fields: [
                    {
                      name: "outcome",
                      label: "outcome",
                      kind: "choice",
                      choices: ["upheld", "shortened", "lifted"],
                    },
                    { name: "words", label: "words_told", kind: "text" },
                    { name: "until", label: "ends_in_minutes", kind: "number", is_optional: true },
                  ],
                  does: taken(city, row.sanction, (values) =>
                    command(city, "moderation.decide_appeal", { sanction: row.sanction })({
                      ...values,
                      until: values["until"]
                        ? Math.round(city.client.serverTime + (values["until"] as number) * 60_000)
                        : undefined,
                    }),
                  ),
                },
                lift(city, row),
              ]
        }
        detail={({ row }) => (
          <>
            <Sanction city={city} row={row} />
            {row.propose_until && (
              <p>
                {t("second_until")} {span(row.propose_until - now)}
              </p>
            )}
          </>
        )}
      />
    </>
  );
}
