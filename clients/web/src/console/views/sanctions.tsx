// What the views of moderation share: how a sanction is given, shown, lifted.
import type { Words } from "madang";
import { type Act, command, type Field } from "../acts.tsx";
import { useClock } from "../answers.ts";
import type { City } from "../city.ts";
import { type Here, Who } from "../people.tsx";
import { usePlaces } from "../places.ts";
import type { Claimed } from "../rows.tsx";
import { useSpeech } from "../speech.tsx";

/** Reason codes of the city's content; a city with others shows them as they are. */
export const REASONS = [
  ...["danger", "minor", "sexual", "threat", "hate", "doxxing", "insult", "blocking", "spam"],
  ...["impersonation", "other"],
];

export const KINDS = ["note", "warn", "slow", "hold", "mute", "freeze", "kick", "ban"];

const lasting: Field[] = [
  { name: "reason", label: "reason", kind: "choice", choices: REASONS },
  { name: "words", label: "words_told", kind: "text" },
  { name: "lasts_s", label: "lasts_minutes", kind: "number", is_optional: true },
];

/** The districts that are open, and `scope` where it is none of them. */
function places(city: City, scope: string): { value: string; text: string | Words.Text }[] {
  const { districts } = city.client.welcome!.city;
  const open = districts.filter((one) => one.open).map(({ id, name }) => ({ value: id, text: name }));
  const isOne = !scope || open.some(({ value }) => value === scope);
  return isOne ? open : [...open, { value: scope, text: scope }];
}

/** Gives a sanction; `words` are told to the citizen, minutes become seconds. */
export function sanction(
  city: City,
  citizen: string,
  scope: string,
  more: { reports?: string[]; kind?: string } = {},
): Act {
  const { kind, ...fields } = more;
  return {
    key: "s",
    label: "sanction",
    kind: "bad",
    fields: [
      { name: "kind", label: "kind", kind: "choice", choices: KINDS, value: kind },
      ...lasting,
      {
        name: "scope",
        label: "scope",
        kind: "choice",
        choices: places(city, scope),
        value: scope,
        is_optional: true,
        none: "whole_city",
      },
    ],
    does: (values) => {
      const minutes = values["lasts_s"] as number | undefined;
      return command(city, "moderation.sanction", { citizens: [citizen], ...fields })({
        ...values,
        scope: values["scope"] ?? "",
        lasts_s: minutes === undefined ? undefined : minutes * 60,
      });
    },
  };
}

export function Sanction({ city, row }: { city: City; row: Words.SanctionRow }) {
  const { t, day, span } = useSpeech();
  const placeOf = usePlaces(city);
  const now = useClock(city);
  return (
    <article class={`sanction ${row.state}`}>
      <h3>
        {t(`kind_${row.kind}`)} · {t(`state_${row.state}`)}
      </h3>
      <p>
        <bdi>{row.words}</bdi>
      </p>
      <dl>
        <dt>{t("reason")}</dt>
        <dd>{t(row.reason)}</dd>
        <dt>{t("scope")}</dt>
        <dd>{placeOf(row.scope)}</dd>
        <dt>{t("from_until")}</dt>
        <dd>
          {day(row.at)} – {day(row.until)}
        </dd>
        <dt>{t("by")}</dt>
        <dd>
          <Who city={city} id={row.by} />{" "}
          {row.second_by && (
            <>
              · <Who city={city} id={row.second_by} />
            </>
          )}
        </dd>
        <dt>{t("rules")}</dt>
        <dd>{row.rules}</dd>
      </dl>
      {row.appeal && (
        <blockquote>
          <strong>
            {t("appeal")} · {t(`appeal_${row.appeal.state}`)}
          </strong>
          <p>
            <bdi>{row.appeal.text}</bdi>
          </p>
          {row.appeal.answer_by && (
            <p class={row.appeal.answer_by < now ? "late" : ""}>
              {t(row.appeal.answer_by < now ? "overdue_by" : "due_in", {
                span: span(Math.abs(row.appeal.answer_by - now)),
              })}
            </p>
          )}
          {row.appeal.words && (
            <p>
              <bdi>{row.appeal.words}</bdi>
            </p>
          )}
        </blockquote>
      )}
    </article>
  );
}

/** Ends a sanction before its time. */
export function lift(city: City, row: Words.SanctionRow): Act {
  return {
    key: "l",
    label: "lift",
    kind: "good",
    fields: [{ name: "words", label: "words_told", kind: "text" }],
    does: command(city, "moderation.lift", { sanction: row.sanction }),
  };
}

/** Takes a case, or gives it back, for a minute that every step renews. */
export function claim(city: City, id: string, by: string | null | undefined): Act {
  const on = by !== city.client.citizen.id;
  return {
    key: "c",
    label: on ? "claim" : "release",
    does: command(city, "moderation.claim", { case: id, on }),
  };
}

export function annotate(city: City, id: string): Act {
  return {
    key: "n",
    label: "annotate",
    fields: [{ name: "text", label: "note", kind: "text" }],
    does: command(city, "moderation.annotate", { case: id }),
  };
}

/** Who has it in hand, in words: oneself, or another. */
export function claimedBy(
  city: City,
  t: (word: string, values?: Record<string, string>) => string,
  by: string | null | undefined,
  until: number | null | undefined,
  now: number,
  names: Map<string, Here>,
): Claimed | undefined {
  if (!by || (until && until < now)) return undefined;
  if (by === city.client.citizen.id) return { text: t("claimed_by_me"), isMine: true };
  return { text: t("claimed_by", { by: names.get(by)?.name ?? by.slice(0, 8) }), isMine: false };
}
