// What is announced where one is: over everything, until its time is over or one has put it away.
import { signal } from "@preact/signals";
import type { Client, Words } from "madang";
import { useEffect, useState } from "preact/hooks";
import { client, district, zones } from "../state";
import { of, say, time } from "../texts";

const announcements = signal<Words.Announcement[]>([]);
/** Those that one has read and put away; an emergency stays. */
const away = signal<ReadonlySet<string>>(new Set());

const URGENCY = { emergency: 0, warning: 1, notice: 2 };

/** Listens for as long as the client lives; what it returns ends that. */
export function heed(city: Client): () => void {
  const take = (rows: Words.Announcement[]) => {
    const ours = new Set(rows.map(({ announcement }) => announcement));
    const others = announcements.value.filter(({ announcement }) => !ours.has(announcement));
    announcements.value = [...others, ...rows]
      .filter(({ until, withdrawn_at }) => !withdrawn_at && until > city.serverTime)
      .sort((a, b) => URGENCY[a.level] - URGENCY[b.level] || b.at - a.at);
  };
  // Not by the view on arrival: it knows one district, and one may come back after a break to another.
  const look = () =>
    city.ask("announcements.list", {}).then(
      (told) => {
        announcements.value = [];
        take(told.announcements);
      },
      () => {}, // a city without announcements
    );
  void look();
  const ends = [
    city.on("announcements.changed", ({ announcement }) => take([announcement])),
    city.on("state", ({ state, resumed }) => {
      if (state === "here" && !resumed) void look();
    }),
  ];
  return () => {
    for (const end of ends) end();
    announcements.value = [];
  };
}

export function Announced() {
  const [, tick] = useState(0);
  const [now, soonest] = [
    client.value?.serverTime ?? 0,
    Math.min(...announcements.value.map(({ until }) => until)),
  ];
  useEffect(() => {
    if (!Number.isFinite(soonest)) return;
    const timer = setTimeout(() => tick((n) => n + 1), Math.min(Math.max(soonest - now, 0) + 100, 60_000));
    return () => clearTimeout(timer);
  });
  const here = new Set([
    "",
    district.value?.id,
    ...zones.value.map(({ id }) => `${district.value?.id}/${id}`),
  ]);
  const shown = announcements.value.filter(
    ({ announcement, scope, until }) => here.has(scope) && until > now && !away.value.has(announcement),
  );
  return (
    <div class="announced">
      {(["assertive", "polite"] as const).map((live) => (
        <div key={live} aria-live={live}>
          {shown
            .filter(({ level }) => (level === "emergency") === (live === "assertive"))
            .map((row) => (
              <div key={row.announcement} class={`announcement ${row.level}`}>
                <p>
                  <b>{say(`announced.${row.level}`)}</b> <bdi>{of(row.text)}</bdi>{" "}
                  <small>{say("announced.until", { time: time(row.until) })}</small>
                </p>
                {row.level !== "emergency" && (
                  <button
                    type="button"
                    class="quiet"
                    onClick={() => {
                      away.value = new Set([...away.value, row.announcement]);
                    }}
                  >
                    {say("announced.read")}
                  </button>
                )}
              </div>
            ))}
        </div>
      ))}
    </div>
  );
}
