// Offices: who holds what in a scope and until when; given to who is found by name or id, and taken back.
import type { Words } from "madang";
import { useState } from "preact/hooks";
import { type Act, command, useActing } from "../acts.tsx";
import { useAnswer, useClock, useList } from "../answers.ts";
import type { View } from "../desk.tsx";
import { FindCitizen } from "../finding.tsx";
import { useNames, Who } from "../people.tsx";
import { usePlaces } from "../places.ts";
import { useSpeech } from "../speech.tsx";

const CHANGES = ["offices.changed" as const];
const DAY_MS = 86_400_000;
/** How long an office is given for where nobody says otherwise, in days. */
const USUAL_DAYS = 30;

/** One place at a time: the city, a district, or an event that is to come or goes on. */
export function Offices({ city, which, go }: View) {
  const { t, own, day } = useSpeech();
  const { answer } = useAnswer(city, "live_qa.sessions", {}, ["live_qa.session_changed"]);
  const districts = city.client.welcome!.city.districts.filter(({ open }) => open);
  const events = answer?.sessions.filter(({ phase }) => phase !== "archived") ?? [];
  const scopes = city.client.citizen.roles
    .filter((role) => ["host", "moderator", "official"].includes(role.split("@")[0]!))
    .map((role) => role.split("@")[1] ?? "");
  const isMine = (scope: string) =>
    city.holds("auditor") || scopes.some((one) => !one || `${scope}/`.startsWith(`${one}/`));
  const places = [
    { id: "", text: t("whole_city") },
    ...districts.map(({ id, name }) => ({ id, text: own(name) })),
    ...events.map((one) => ({
      id: `${one.district}/${one.session}`,
      text: `${own(one.title)} · ${day(one.starts_at)}`,
    })),
  ].filter(({ id }) => isMine(id));
  const open = places.find(({ id }) => id === which) ?? places[0];
  return (
    <>
      <h1>{t("offices")}</h1>
      <p>{t("offices_text")}</p>
      {open && (
        <p class="tabs">
          <select
            aria-label={t("where")}
            value={open.id}
            onChange={(event) => go("offices", event.currentTarget.value)}
          >
            {places.map(({ id, text }) => (
              <option key={id} value={id}>
                {text}
              </option>
            ))}
          </select>
        </p>
      )}
      {open ? (
        <OfficesOf key={open.id} city={city} scope={open.id} />
      ) : (
        <p class="empty">{t("code_not_allowed")}</p>
      )}
    </>
  );
}

/** What is held in one scope and in all that is within it, and what may be given in it. */
export function OfficesOf({ city, scope }: { city: View["city"]; scope: string }) {
  const { t, own, day, span } = useSpeech();
  const { act } = useActing();
  const placeOf = usePlaces(city);
  const now = useClock(city, 30_000);
  const [isAll, showAll] = useState(false);
  const [chosen, choose] = useState<string>();
  const { pages, refusal, more } = useList(
    city,
    "offices.list",
    { scope, which: isAll ? "all" : "standing" },
    CHANGES,
  );
  const rows = pages?.flatMap(({ offices }) => offices) ?? [];
  const mayGive = pages?.[0]?.may_give ?? [];
  useNames(
    city,
    rows.flatMap(({ citizen, by }) => [citizen, by]),
  );
  const give = (citizen: string): Act => ({
    key: "",
    label: "give_office",
    about: citizen,
    fields: [
      {
        name: "office",
        label: "office",
        kind: "choice",
        choices: mayGive.map(({ office, name }) => ({ value: office, text: name })),
      },
      ...(mayGive[0]?.longest_s == null
        ? []
        : [
            {
              name: "until",
              label: "office_until",
              kind: "moment",
              value: city.now + USUAL_DAYS * DAY_MS,
            } as const,
          ]),
      { name: "words", label: "words_told", kind: "text", is_optional: true },
    ],
    does: async (values) => {
      await command(city, "offices.give", { citizen, scope })(values);
      choose(undefined);
    },
  });
  const ending = ({ citizen }: Words.GivenOffice) =>
    citizen === city.client.citizen.id ? ("lay_down_office" as const) : ("end_office" as const);
  const end = (row: Words.GivenOffice): Act => ({
    key: "",
    label: ending(row),
    kind: "bad",
    about: `${own(row.name)} · ${row.called ?? row.citizen}`,
    fields: [{ name: "words", label: "words_told", kind: "text", is_optional: true }],
    does: command(city, "offices.end", { given: row.given }),
  });
  if (refusal) return <p class="empty">{t(`code_${refusal}`)}</p>;
  if (!pages) return <p class="empty">{t("loading")}</p>;
  return (
    <section class="offices" aria-label={t("offices")}>
      {mayGive.length > 0 && (
        <section class="card">
          <h2>{t("give_office")}</h2>
          <FindCitizen
            city={city}
            which={chosen ?? ""}
            open={(id) => {
              choose(id);
              act(give(id));
            }}
          />
        </section>
      )}
      <p class="acts">
        <label>
          <input type="checkbox" checked={isAll} onChange={(event) => showAll(event.currentTarget.checked)} />{" "}
          {t("ended_too")}
        </label>
      </p>
      {!rows.length && <p class="empty calm">{t("no_offices")}</p>}
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              {(["citizen", "office", "scope", "office_until", "given_by", "note"] as const).map((word) => (
                <th key={word} scope="col">
                  {t(word)}
                </th>
              ))}
              <th scope="col">{t("what")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.given}>
                <td data-label={t("citizen")}>
                  {row.called ? (
                    <bdi title={row.citizen}>{row.called}</bdi>
                  ) : (
                    <Who city={city} id={row.citizen} />
                  )}
                </td>
                <td data-label={t("office")}>{own(row.name)}</td>
                <td data-label={t("scope")}>{placeOf(row.scope)}</td>
                <td data-label={t("office_until")}>
                  {day(row.until)}{" "}
                  <small>
                    {row.ended_at
                      ? t(`office_${row.why ?? "time"}`)
                      : t(row.is_of_event ? "left_with_event" : "left", { span: span(row.until - now) })}
                  </small>
                </td>
                <td data-label={t("given_by")}>
                  <Who city={city} id={row.by} />
                </td>
                <td data-label={t("note")}>
                  <bdi>{row.end_words ?? row.words}</bdi>
                </td>
                <td data-label={t("what")}>
                  {!row.ended_at && (row.citizen === city.client.citizen.id || mayEnd(row)) && (
                    <button
                      type="button"
                      aria-label={`${t(ending(row))}: ${own(row.name)}, ${row.called ?? row.citizen}`}
                      onClick={() => act(end(row))}
                    >
                      {t(ending(row))}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more && (
        <button type="button" onClick={more}>
          {t("more")}
        </button>
      )}
    </section>
  );

  /** Whether the city would let this one be taken back: as it would let it be given; elsewhere it says so itself. */
  function mayEnd({ office, scope: where }: Words.GivenOffice): boolean {
    return where !== scope || mayGive.some((one) => one.office === office);
  }
}
