// How the city fares: charts of the last minutes, of what the server counts and times.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useAnswer } from "../answers.ts";
import type { View } from "../desk.tsx";
import { Figures } from "../figures.tsx";
import { toLocal, useSpeech, type Word } from "../speech.tsx";

const EVERY_MS = 2000;
const KEPT = 300;

type Samples = Record<string, number>;
interface Health {
  at: number;
  samples: Samples;
}

/** How a line comes from two measurements one after the other. */
type Line = [label: Word, value: (now: Samples, before: Samples, seconds: number) => number | undefined];

const rate =
  (name: string, per = 1) =>
  (now: Samples, before: Samples, seconds: number) =>
    name in now && name in before ? (now[name]! - before[name]!) / seconds / per : undefined;
const value =
  (name: string, times = 1) =>
  (now: Samples) =>
    name in now ? now[name]! * times : undefined;
const mean = (name: string, labels: string, times: number) => (now: Samples, before: Samples) => {
  const [sum, count] = [`${name}_sum${labels}`, `${name}_count${labels}`];
  const n = (now[count] ?? 0) - (before[count] ?? 0);
  return n > 0 ? (((now[sum] ?? 0) - (before[sum] ?? 0)) / n) * times : undefined;
};
const allRates = (prefix: string) => (now: Samples, before: Samples, seconds: number) =>
  Object.keys(now).reduce(
    (sum, name) => (name.startsWith(prefix) ? sum + (now[name]! - (before[name] ?? 0)) : sum),
    0,
  ) / seconds;

const CHARTS: [title: Word, unit: string, lines: Line[]][] = [
  [
    "connections",
    "",
    [
      ["connections", value("madang_connections")],
      ["behind", value("madang_clients_behind")],
    ],
  ],
  ["tick", "ms", [["tick", mean("madang_tick_seconds", "{total}", 1000)]]],
  [
    "freshness",
    "ms",
    [
      ["p99", value("madang_neighbour_age_recent_seconds{0.99}", 1000)],
      ["median", value("madang_neighbour_age_recent_seconds{0.5}", 1000)],
    ],
  ],
  [
    "bytes",
    "kB/s",
    [
      ["sent", rate("madang_frame_bytes_total", 1000)],
      ["received", rate("madang_received_bytes_total", 1000)],
    ],
  ],
  [
    "refusals",
    "/s",
    [
      ["refusals", allRates("madang_refused_total")],
      ["limits", allRates("madang_limit_reached_total")],
    ],
  ],
  ["commits", "ms", [["commits", mean("madang_commit_seconds", "", 1000)]]],
  ["cpu", "%", [["cpu", rate("process_cpu_seconds_total", 0.01)]]],
  ["memory", "MB", [["memory", value("process_resident_memory_bytes", 1e-6)]]],
];

export function Health({ city }: View) {
  const { t } = useSpeech();
  const [history, setHistory] = useState<Health[]>([]);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    let next: ReturnType<typeof setTimeout>;
    let isOver = false;
    const look = async () => {
      try {
        const told = await city.watch<Health>("health");
        if (!isOver) setHistory((before) => [...before.slice(-KEPT), told]);
        setWrong(false);
      } catch {
        setWrong(true);
      }
      if (!isOver) next = setTimeout(look, EVERY_MS);
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(next);
    };
  }, [city]);
  const isOfficial = city.is("official", "operator");
  const month = toLocal(city.now).slice(0, 7);
  const { answer } = useAnswer(city, "petitions.month", isOfficial ? { month } : undefined);
  return (
    <>
      <h1>{t("health")}</h1>
      {wrong && <p class="wrong">{t("unreachable")}</p>}
      <div class="charts">
        {CHARTS.map(([title, unit, lines]) => (
          <Chart key={title} title={`${t(title)} ${unit}`} lines={lines} history={history} />
        ))}
      </div>
      {answer && (
        <Figures
          of={[
            [t("received_month"), answer.received],
            [t("in_time"), answer.in_time],
            [t("overdue"), answer.overdue],
          ]}
        />
      )}
    </>
  );
}

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "Asia/Seoul" });

function Chart({ title, lines, history }: { title: string; lines: Line[]; history: Health[] }) {
  const { t } = useSpeech();
  const at = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const names = lines.map(([label]) => t(label)).join("|");

  useEffect(() => {
    const box = at.current!;
    const style = getComputedStyle(box);
    const colour = (name: string) => style.getPropertyValue(`--${name}`);
    const axis = {
      stroke: colour("soft"),
      grid: { stroke: colour("line"), width: 1 },
      ticks: { show: false },
    };
    const made = new uPlot(
      {
        width: box.clientWidth,
        height: 150,
        cursor: { drag: { x: false, y: false } },
        legend: { show: lines.length > 1, live: false },
        scales: { y: { range: (_, least, most) => [Math.min(least, 0), Math.max(most * 1.15, 1)] } },
        axes: [
          { ...axis, space: 70, values: (_, ticks) => ticks.map((seconds) => clock.format(seconds * 1000)) },
          { ...axis, size: 48 },
        ],
        series: [
          {},
          ...names.split("|").map((label, n) => ({
            label,
            stroke: colour(n ? "chosen" : "person"),
            width: 2,
            // There are seconds in which nothing was measured: a line over them, not single points that nobody sees.
            spanGaps: true,
            value: (_: uPlot, shown: number | null) => (shown === null ? "–" : shown.toFixed(1)),
          })),
        ],
      },
      [[], ...lines.map(() => [])],
      box,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: 150 }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [lines, names]);

  const columns = lines.map(([, of]) =>
    history.slice(1).map((now, n) => {
      const before = history[n]!;
      return of(now.samples, before.samples, (now.at - before.at) / 1000) ?? null;
    }),
  );
  useEffect(() => {
    plot.current?.setData([history.slice(1).map(({ at: ms }) => ms / 1000), ...columns]);
  });
  const newest = columns[0]?.filter((measured) => measured !== null).at(-1);
  return (
    <figure class="card">
      <figcaption>
        {title} <strong>{newest == null ? "–" : newest.toFixed(newest < 10 ? 1 : 0)}</strong>
      </figcaption>
      <div ref={at} />
    </figure>
  );
}
