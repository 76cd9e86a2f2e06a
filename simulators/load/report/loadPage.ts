import type { LatencyPoint, LatencySummary } from "../latencies.js";
import type { LoadResult } from "../runLoad.js";
import { type ChartPoint, chartSvg, escapeHtml } from "./chart.js";
import type { LoadReport } from "./loadReport.js";
import { PAGE_STYLE } from "./style.js";

const count = (value: number): string => Math.round(value).toLocaleString("en");
const ms = (value: number): string => (value > 0 && value < 10 ? value.toFixed(2) : count(value));

/** Each step to the right is a tenth of what is left of 100 %. */
const nines = (percentile: number): number => -Math.log10(1 - percentile / 100);
const NINES = [0, 90, 99, 99.9, 99.99, 99.999];

const distributionOf = (points: readonly LatencyPoint[]): readonly ChartPoint[] =>
  points.map(({ percentile, ms: y }) => ({ x: nines(percentile), y }));

const latencyRow = (name: string, { count: events, ...of }: LatencySummary): string =>
  `<tr><th scope="row">${name}</th>${[
    count(events),
    ...[of.p50Ms, of.p90Ms, of.p99Ms, of.p999Ms, of.p9999Ms, of.maxMs].map(ms),
  ]
    .map((cell) => `<td>${cell}</td>`)
    .join("")}</tr>`;

const latencyTable = ({ acceptance, freshness }: LoadResult): string =>
  `<table><thead><tr><th scope="col">milliseconds</th>${[
    "count",
    "p50",
    "p90",
    "p99",
    "p99.9",
    "p99.99",
    "max",
  ]
    .map((head) => `<th scope="col">${head}</th>`)
    .join(
      "",
    )}</tr></thead><tbody>${latencyRow("accepted in", acceptance)}${latencyRow("visible in", freshness)}</tbody></table>`;

const figuresOf = (run: LoadResult): string => {
  const { counts, correctness, durationMs, acceptance, freshness } = run;
  const figures: readonly (readonly [string, string])[] = [
    [count((counts.sent * 1_000) / durationMs), "events a second"],
    [count(counts.stored + counts.rejected), `accepted of ${count(counts.sent)}`],
    [`${ms(acceptance.p99Ms)} ms`, "accepted in, p99"],
    [`${ms(freshness.p99Ms)} ms`, "visible in, p99"],
    [
      correctness.verdict,
      `to the known answers: ${count(correctness.counted.events)} events, ${correctness.points} panes`,
    ],
  ];
  return `<dl>${figures.map(([value, name]) => `<div><dd>${escapeHtml(value)}</dd><dt>${escapeHtml(name)}</dt></div>`).join("")}</dl>`;
};

const chartsOf = (run: LoadResult, freshnessMsMax: number): string => {
  const { seconds, freshSeconds, distributions } = run;
  const answered = seconds.filter(({ acceptance }) => acceptance.count > 0);
  const acceptedIn = (of: (summary: LatencySummary) => number): readonly ChartPoint[] =>
    answered.map(({ second, acceptance }) => ({ x: second, y: of(acceptance) }));
  const lineOf = (of: (second: LoadResult["seconds"][number]) => number): readonly ChartPoint[] =>
    seconds.map((second) => ({ x: second.second, y: of(second) }));
  const bound = { y: freshnessMsMax, name: "freshness that must be kept" };
  const distributed = [
    distributionOf(distributions.acceptance),
    distributionOf(distributions.freshness),
  ] as const;
  const most = Math.max(...distributed.flatMap((points) => points.map(({ x }) => x)), 1);
  return [
    chartSvg({
      ...{ title: "Sent and accepted", xName: "second", yName: "events a second" },
      lines: [
        { name: "sent", tone: "c1", points: lineOf(({ sent }) => sent) },
        { name: "accepted", tone: "c2", points: lineOf(({ stored }) => stored) },
        { name: "without an outcome", tone: "c3", points: lineOf(({ waiting }) => waiting) },
      ],
    }),
    chartSvg({
      ...{
        title: "Accepted in",
        xName: "second",
        yName: "milliseconds from the intended moment",
        logarithmic: true,
      },
      lines: [
        { name: "p50", tone: "c1", points: acceptedIn(({ p50Ms }) => p50Ms) },
        { name: "p99", tone: "c2", points: acceptedIn(({ p99Ms }) => p99Ms) },
        { name: "longest", tone: "c3", points: acceptedIn(({ maxMs }) => maxMs) },
      ],
    }),
    chartSvg({
      ...{
        title: "Visible in",
        xName: "second",
        yName: "milliseconds, the longest of the second",
        logarithmic: true,
      },
      lines: [
        {
          name: "longest",
          tone: "c2",
          points: freshSeconds.map(({ second, maxMs }) => ({ x: second, y: maxMs })),
        },
      ],
      bound,
    }),
    chartSvg({
      ...{ title: "By percentile", xName: "percentile", yName: "milliseconds", logarithmic: true },
      lines: [
        { name: "accepted in", tone: "c1", points: distributed[0] },
        { name: "visible in", tone: "c2", points: distributed[1] },
      ],
      bound,
      xTicks: NINES.map((percentile) => ({ x: nines(percentile), text: `${percentile} %` })).filter(
        ({ x }) => x <= most + 1e-9,
      ),
    }),
  ].join("\n");
};

const searchOf = ({ steps, runs, freshnessMsMax, highestPerSecond }: LoadReport): string => {
  const pointOf = (run: LoadResult, index: number): ChartPoint => ({
    x: steps[index]?.perSecond ?? 0,
    y: run.freshness.p99Ms,
  });
  const points = runs.map(pointOf);
  const rows = steps.map(
    ({ perSecond, held, because }) =>
      `<tr><th scope="row">${count(perSecond)}</th><td>${held ? "held" : "not held"}</td><td class="text">${escapeHtml(because ?? "")}</td></tr>`,
  );
  return `<h2>The highest rate that held: ${count(highestPerSecond ?? 0)} events a second</h2>
${chartSvg({
  ...{ title: "Freshness by rate", xName: "events a second", yName: "p99, milliseconds", logarithmic: true },
  lines: [
    { name: "held", tone: "c2", marks: true, points: points.filter((_, index) => steps[index]?.held) },
    { name: "not held", tone: "c3", marks: true, points: points.filter((_, index) => !steps[index]?.held) },
  ],
  bound: { y: freshnessMsMax, name: "freshness that must be kept" },
})}
<table><thead><tr><th scope="col">events a second</th><th scope="col"></th><th scope="col" class="text">why not</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
};

const runOf = (run: LoadResult, freshnessMsMax: number): string => {
  const { counts, correctness, failures } = run;
  const notes = [
    ...(counts.throttled > 0 ? [`Events were told to come again ${count(counts.throttled)} times.`] : []),
    ...(counts.behindMaxMs > 100
      ? [`Sending was up to ${ms(counts.behindMaxMs)} ms behind what was due.`]
      : []),
    ...correctness.differences,
    ...failures.map((failure) => `Failed: ${failure}`),
  ];
  return `<section><h2>${escapeHtml(run.workload)}, to ${escapeHtml(run.target)}</h2>
<p>${escapeHtml(run.startedAt)}, ${run.durationMs / 1_000} s</p>
${figuresOf(run)}${latencyTable(run)}
${notes.length > 0 ? `<ul>${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul>` : ""}
<div class="charts">${chartsOf(run, freshnessMsMax)}</div></section>`;
};

/** A load's report as one page that needs nothing else. */
export const loadPage = (report: LoadReport): string => {
  const { mode, runs, steps, machine, freshnessMsMax } = report;
  const best = runs.findLast(
    (_, index) => mode === "hold" || steps[index]?.perSecond === report.highestPerSecond,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Freshet load report</title><style>${PAGE_STYLE}</style></head>
<body><main><h1>Freshet load report</h1>
${mode === "search" ? searchOf(report) : ""}
${best ? runOf(best, freshnessMsMax) : ""}
<footer>Sent from ${escapeHtml(machine.cpu)}, ${machine.cores} cores, Node ${escapeHtml(machine.node)}. Every duration is from the moment at which
an event was meant to be sent, whatever became of those before it.</footer></main></body></html>
`;
};
