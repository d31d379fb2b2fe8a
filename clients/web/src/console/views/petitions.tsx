// The petition desk: what lies on a department's desk, what is due first first, and the steps that most cases take; the
// rarer ones have their forms on the plain page.
import type { Words } from "madang";
import { written } from "../../petition_step.ts";
import { type Act, command } from "../acts.tsx";
import { useAnswer, useClock, useList } from "../answers.ts";
import { Attached, LOOKING } from "../attach.tsx";
import type { View } from "../desk.tsx";
import { type Row, Rows } from "../rows.tsx";
import { useSpeech, type Word } from "../speech.tsx";
import { Seat } from "./petition_seat.tsx";
import { Ended } from "./petitions_ended.tsx";

type Named = { id: string; name: { ko: string; en: string }; ends_by?: string };

const PAUSES = [
  ...["site_work", "hearing", "test", "representatives", "prerequisite", "certificates"],
  "mediation",
];

export function Petitions({ city, which, go }: View) {
  const { t, own, span, day } = useSpeech();
  const now = useClock(city, 10_000);
  const guide = useAnswer(city, "petitions.guide", {}).answer;
  const departments = (guide?.departments ?? []) as unknown as Named[];
  const kinds = (guide?.kinds ?? []) as unknown as Named[];
  const states = (guide?.states ?? []) as unknown as Named[];
  const department = which || undefined;
  const { pages, refusal, again, more } = useList(city, "petitions.desk", { department }, [
    "petitions.desk_changed",
    "petitions.alarm",
  ]);
  const nameOf = (list: Named[], id: string | null | undefined) =>
    own(list.find((one) => one.id === id)?.name) || id || "–";
  const cards = pages?.flatMap((page) => page.items);
  const rows = cards?.map((card): Row & { card: Words.PetitionCard } => ({
    id: card.petition,
    title: `${card.number ?? t("no_number")} · ${nameOf(kinds, card.kind)}`,
    about: card.due_at
      ? `${nameOf(states, card.state)} · ${t(card.due_at < now ? "overdue_by" : "due_in", { span: span(card.due_at - now) })}`
      : nameOf(states, card.state),
    // Not one's own is no reason to pass over it: who is in charge of a case stays in charge.
    claimed: card.officer?.name ? { text: card.officer.name, isMine: true } : undefined,
    isUrgent: card.overdue === true,
    card,
  }));
  return (
    <>
      <h1>{t("petitions")}</h1>
      <form class="search">
        <label>
          <span>{t("department")}</span>
          <select value={which} onChange={(event) => go("petitions", event.currentTarget.value)}>
            <option value="">{t("to_receive")}</option>
            {departments.map((one) => (
              <option key={one.id} value={one.id}>
                {own(one.name)}
              </option>
            ))}
          </select>
        </label>
      </form>
      {department && pages && city.is("official") && (
        <Seat city={city} isTaken={pages[0]?.seated ?? false} changed={again} />
      )}
      <Rows
        key={which}
        label={t("petitions")}
        rows={rows}
        refusal={refusal}
        more={more}
        acts={({ card }) =>
          acts(
            city,
            card,
            kinds.find(({ id }) => id === card.kind)?.ends_by === "grant",
            departments.map(({ id, name }) => ({ value: id, text: own(name) })),
            t,
          )
        }
        detail={({ card }) => (
          <>
            <h2>{nameOf(kinds, card.kind)}</h2>
            {card.origin && <p class="note">{t("asked_in_public")}</p>}
            <dl>
              <dt>{t("department")}</dt>
              <dd>{nameOf(departments, card.department ?? card.proposed)}</dd>
              <dt>{t("state")}</dt>
              <dd>{nameOf(states, card.state)}</dd>
              <dt>{t("arrived")}</dt>
              <dd>{day(card.arrived_at)}</dd>
              <dt>{t("due")}</dt>
              <dd>{day(card.due_at)}</dd>
            </dl>
            <Shown key={card.petition} city={city} petition={card.petition} />
          </>
        )}
      />
      {department && (
        <Ended
          key={`ended ${department}`}
          city={city}
          department={department}
          title={(card) => `${card.number} · ${nameOf(kinds, card.kind)} · ${nameOf(states, card.state)}`}
          detail={({ petition }) => <Shown city={city} petition={petition} />}
        />
      )}
    </>
  );
}

/** What can be done in the state in which it is, by whom one is: the table of the rules, as far as it is for here. */
function acts(
  city: View["city"],
  card: Words.PetitionCard,
  endsByGrant: boolean,
  departments: { value: string; text: string }[],
  t: (word: Word) => string,
): Act[] {
  const { petition } = card;
  const isHead = city.holds("head");
  const where = { name: "department", label: "department", kind: "choice", choices: departments } as const;
  const text = { name: "text", label: "text", kind: "text" } as const;
  const files = { name: "files", label: "files", kind: "files", is_optional: true } as const;
  const day = { name: "last_day", label: "last_day", kind: "day" } as const;
  const route: Act = {
    key: "t",
    label: "route",
    fields: [where, { name: "reason", label: "reason", kind: "line", is_optional: true }],
    does: command(city, "petitions.route", { petition }),
  };
  const note: Act = {
    key: "n",
    label: "annotate",
    city,
    fields: [text, files],
    does: command(city, "petitions.note", { petition }),
  };
  const pause: Act = {
    key: "p",
    label: "clock_out",
    fields: [
      { name: "reason", label: "reason", kind: "choice", choices: PAUSES },
      day,
      { ...text, is_optional: true },
    ],
    does: command(city, "petitions.clock_out", { petition }),
  };
  const answer: Act = {
    key: "a",
    label: "answer",
    kind: "good",
    city,
    fields: [
      text,
      ...(card.origin ? [{ name: "in_public", label: "in_public", kind: "tick" } as const] : []),
      ...(card.kind === "grievance"
        ? [{ name: "justified", label: "justified", kind: "tick" } as const]
        : []),
      { name: "measure", label: "measure", kind: "line", is_optional: true },
      files,
    ],
    does: command(city, "petitions.answer", { petition }),
  };
  const decided: Act[] = [
    {
      key: "g",
      label: "grant",
      kind: "good",
      city,
      fields: [text, files],
      does: command(city, "petitions.grant", { petition }),
    },
    {
      key: "d",
      label: "reject",
      kind: "bad",
      city,
      fields: [text, files],
      does: command(city, "petitions.reject", { petition }),
    },
  ];
  const extend: Act = {
    key: "x",
    label: "extend",
    fields: [
      {
        name: "reason",
        label: "reason",
        kind: "choice",
        choices: [
          ...["cooperation", "facts_or_site", "force_majeure"],
          { value: "similar", text: t("similar_reason") },
        ],
      },
      { name: "amount", label: "amount", kind: "number" },
      text,
    ],
    does: command(city, "petitions.extend", { petition }),
  };
  const supplement: Act = {
    key: "m",
    label: "ask_supplement",
    city,
    fields: [
      { name: "what", label: "missing_what" },
      { name: "article", label: "article" },
      { name: "days", label: "supplement_days", kind: "number", value: 7 },
      files,
    ],
    does: ({ what, article, days, files: brought }) =>
      city.ask("petitions.ask_supplement", {
        petition,
        items: [{ what: `${what}`, article: `${article}` }],
        days: days as number,
        files: brought as string[],
      }),
  };
  const decideObjection: Act = {
    key: "d",
    label: "decide_objection",
    kind: "good",
    city,
    fields: [{ name: "upheld", label: "objection_upheld", kind: "tick" }, text, files],
    does: command(city, "petitions.decide_objection", { petition }),
  };
  switch (card.state) {
    case "submitted":
      return [
        {
          key: "r",
          label: "receive",
          kind: "good",
          fields: [{ ...where, is_optional: true, value: card.proposed ?? "" }],
          does: command(city, "petitions.receive", { petition }),
        },
      ];
    case "received":
      return [{ ...route, kind: "good" }];
    case "assigned":
      return [
        {
          key: "b",
          label: "begin_review",
          kind: "good",
          does: command(city, "petitions.start", { petition }),
        },
        route,
      ];
    case "in_review":
      return [
        ...(endsByGrant ? (isHead ? decided : []) : [answer]),
        supplement,
        pause,
        ...(isHead ? [extend] : []),
        note,
      ];
    case "clock_out":
      return [
        {
          key: "b",
          label: "clock_in",
          kind: "good",
          does: command(city, "petitions.clock_in", { petition }),
        },
        note,
      ];
    case "objection":
      return [...(isHead ? [decideObjection] : []), note];
    default:
      return [note];
  }
}

function Shown({ city, petition }: { city: View["city"]; petition: string }) {
  const { t, own, day } = useSpeech();
  const { answer, refusal } = useAnswer(city, "petitions.show", { petition, reason: LOOKING }, [
    "petitions.desk_changed",
  ]);
  if (refusal) return <p class="empty">{t(refusal === "not_allowed" ? "not_in_hand" : `code_${refusal}`)}</p>;
  if (!answer) return <p class="empty">{t("loading")}</p>;
  return (
    <>
      {answer.marks && (
        <details>
          <summary>{t("listed_words")}</summary>
          <p>
            <bdi>{answer.marks.join(", ")}</bdi>
          </p>
        </details>
      )}
      {answer.written && (
        <section class="quote">
          <h3>
            <bdi>{answer.written.title}</bdi>
          </h3>
          <p>
            <bdi>{answer.written.text}</bdi>
          </p>
          <p>
            <small>
              {answer.written.name} · {answer.written.address} · {answer.written.contact}
            </small>
          </p>
          <Attached city={city} petition={petition} files={answer.files ?? []} />
        </section>
      )}
      <p>
        <a href={`/plain/petitions/${petition}`} target="_blank" rel="noopener">
          {t("other_steps")} ↗
        </a>
      </p>
      <ol class="lines">
        {answer.history.map((step) => (
          <li key={step.step}>
            <time>{day(step.when)}</time> {own(step.message)} <small>{t(`by_${step.by}`)}</small>
            {written(step) && (
              <p class="note">
                <bdi>{written(step)}</bdi>
              </p>
            )}
            <Attached city={city} petition={petition} files={step.files ?? []} />
          </li>
        ))}
      </ol>
    </>
  );
}
