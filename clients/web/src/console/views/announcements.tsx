// Announcements: what is told now and where, words that are ready, and what was told before.
import type { Words } from "madang";
import { useState } from "preact/hooks";
import { type Act, command, useActing } from "../acts.tsx";
import { useAnswer, useClock } from "../answers.ts";
import type { View } from "../desk.tsx";
import { useKeys } from "../keys.tsx";
import { useGround } from "../places.ts";
import { useSpeech } from "../speech.tsx";
import { Tabs } from "../tabs.tsx";

const LEVELS = ["notice", "warning", "emergency"];
const CHANGES = ["announcements.changed" as const];

export function Announcements({ city, which, go }: View) {
  const { t, own, span, day } = useSpeech();
  const { act } = useActing();
  const now = useClock(city);
  const districts = city.client.welcome!.city.districts.filter(({ open }) => open);
  const ground = useGround(which || undefined);
  const standing = useAnswer(city, "announcements.list", {}, CHANGES);
  const [after, setAfter] = useState<string>();
  const past = useAnswer(city, "announcements.list", { which: "all", after }, after ? [] : CHANGES);
  const mayAnnounce = city.is("host", "operator");

  const places = [
    { value: which, text: which ? own(districts.find(({ id }) => id === which)?.name) : t("whole_city") },
    ...(ground?.zones.map((zone) => ({ value: `${which}/${zone.id}`, text: own(zone.name) })) ?? []),
  ];
  const nameOf = (scope: string) => {
    const [district, zone] = scope.split("/") as [string, string | undefined];
    const place = own(districts.find(({ id }) => id === district)?.name) || district;
    if (!scope) return t("whole_city");
    if (!zone) return place;
    const inside = district === which ? own(ground?.zones.find(({ id }) => id === zone)?.name) : "";
    return `${place} · ${inside || zone}`;
  };

  const announce = (ready?: Words.ReadyAnnouncement): Act => ({
    key: "n",
    label: "announce",
    kind: ready?.level === "emergency" ? "bad" : "good",
    fields: [
      { name: "scope", label: "scope", kind: "choice", choices: places, value: which },
      { name: "level", label: "urgency", kind: "choice", choices: LEVELS, value: ready?.level ?? "notice" },
      { name: "text.ko", label: "text_ko", kind: "text", value: ready?.text.ko },
      { name: "text.en", label: "text_en", kind: "text", value: ready?.text.en },
      { name: "until", label: "ends_in_minutes", kind: "number", value: (ready?.lasts_s ?? 600) / 60 },
    ],
    does: (values) =>
      command(
        city,
        "announcements.announce",
        {},
      )({ ...values, until: Math.round(city.client.serverTime + (values["until"] as number) * 60_000) }),
  });

  useKeys((key) => {
    if (key !== "n" || !mayAnnounce) return false;
    act(announce());
    return true;
  });

  return (
    <>
      <h1>{t("announcements")}</h1>
      <Tabs
        label={t("where")}
        tabs={[
          { id: "", text: t("whole_city") },
          ...districts.map(({ id, name }) => ({ id, text: own(name) })),
        ]}
        open={which}
        choose={(id) => go("announcements", id)}
      />
      {mayAnnounce && (
        <section class="card ready">
          <button type="button" class="good" onClick={() => act(announce())}>
            {t("announce")} <kbd>n</kbd>
          </button>
          <h2>{t("ready_words")}</h2>
          <ul>
            {standing.answer?.ready.map((ready) => (
              <li key={ready.text.en}>
                <button type="button" class={`level ${ready.level}`} onClick={() => act(announce(ready))}>
                  <small>{t(ready.level)}</small> {own(ready.text)}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <h2>{t("standing_now")}</h2>
      {standing.refusal && <p class="empty">{t(`code_${standing.refusal}`)}</p>}
      {standing.answer && !standing.answer.announcements.some(({ until }) => until > now) && (
        <p class="empty calm">{t("nothing_announced")}</p>
      )}
      <ul class="announced">
        {standing.answer?.announcements
          .filter(({ until }) => until > now)
          .map((row) => (
            <li key={row.announcement} class={`card level ${row.level}`}>
              <p>
                <strong>{t(row.level)}</strong> {nameOf(row.scope)} ·{" "}
                {t("left", { span: span(row.until - now) })}
              </p>
              <p class="quote">
                <bdi lang="ko">{row.text.ko}</bdi>
                <br />
                <bdi lang="en">{row.text.en}</bdi>
              </p>
              {mayAnnounce && (
                <button
                  type="button"
                  onClick={() =>
                    act({
                      key: "",
                      label: "withdraw",
                      does: command(city, "announcements.withdraw", { announcement: row.announcement }),
                    })
                  }
                >
                  {t("withdraw")}
                </button>
              )}
            </li>
          ))}
      </ul>
      <h2>{t("announced_before")}</h2>
      <table>
        <thead>
          <tr>
            {(["when", "scope", "urgency", "text"] as const).map((word) => (
              <th key={word} scope="col">
                {t(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {past.answer?.announcements.map((row) => (
            <tr key={row.announcement}>
              <td data-label={t("when")}>{day(row.at)}</td>
              <td data-label={t("scope")}>{nameOf(row.scope)}</td>
              <td data-label={t("urgency")}>{t(row.level)}</td>
              <td data-label={t("text")}>
                <bdi>{own(row.text)}</bdi> {row.withdrawn_at && <small>({t("withdrawn")})</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {(past.answer?.next || after) && (
        <p class="acts">
          {after && (
            <button type="button" onClick={() => setAfter(undefined)}>
              {t("newest")}
            </button>
          )}
          {past.answer?.next && (
            <button type="button" onClick={() => setAfter(past.answer!.next!)}>
              {t("earlier_ones")}
            </button>
          )}
        </p>
      )}
    </>
  );
}
