import type { Status } from "@freshet/model";
import { useState } from "preact/hooks";
import { KeyLabel } from "../parts/keyLabel.js";
import { Empty, Gone, Refused, Skeleton } from "../parts/states.js";
import { StatusChip } from "../parts/statusChip.js";
import { metrics, status, trouble } from "../state/server.js";
import { useShortcuts } from "../state/shortcuts.js";
import { keyText } from "../text/format.js";
import { TrackChart } from "./chart/trackChart.js";
import { tracksOf } from "./chart/tracks.js";
import { KeyChips } from "./keyChips.js";
import { Legend } from "./legend.js";
import { loaded, refusal } from "./loaded.js";
import { Points } from "./points.js";
import {
  followNow,
  keyNames,
  keys,
  measures,
  metric,
  move,
  quantile,
  setSpan,
  span,
  step,
} from "./question.js";
import { Questions } from "./questions.js";
import { Readout } from "./readout.js";
import { TakeAway } from "./takeAway.js";
import { TimeControls } from "./timeControls.js";
import { WholeRange } from "./wholeRange.js";

const ONE_CHART_PX = 340;
const CHART_PX = 220;

const WORST: readonly Status[] = ["partial", "live", "settled"];

/** The least sure of the keys' answers. */
const Standing = () => {
  const answers = keyNames.value.flatMap((name) => loaded.value.get(name)?.series ?? []);
  const worst = WORST.flatMap((one) => answers.find((answer) => answer.status === one) ?? [])[0];
  return worst ? <StatusChip status={worst.status} missing={worst.missing} /> : null;
};

const Charts = () => {
  const [index, setIndex] = useState<number | null>(null);
  const names = keyNames.value;
  const all = loaded.value;
  const shown = measures.value;
  const first = names.flatMap((name) => all.get(name)?.series ?? [])[0];
  if (!span.value || !first) return <Skeleton rows={6} />;
  const { batchThrough } = first;
  const charts = shown.map((measure) => ({ measure, tracks: tracksOf(names, all, measure, quantile.value) }));
  return (
    <>
      {charts.map(({ measure, tracks }) => (
        <div key={measure} data-chart={measure}>
          {shown.length > 1 && <h3 class="chart-title">{measure}</h3>}
          <Readout names={names} loaded={all} measure={measure} quantile={quantile.value} index={index} />
          <TrackChart
            tracks={tracks}
            span={span.value ?? { fromMs: 0, toMs: 1 }}
            seamMs={batchThrough === null ? null : Date.parse(batchThrough)}
            height={shown.length > 1 ? CHART_PX : ONE_CHART_PX}
            pointed={setIndex}
            zoom={setSpan}
            label={`${measure} of ${keys.value.map(keyText).join(", ")}, ${first.points.length} points of ${step.value ?? ""}; also as a table below`}
          />
        </div>
      ))}
      <Legend
        batchThrough={batchThrough}
        alone={names.length === 1}
        normal={charts.some(({ tracks }) => tracks.tracks.some(({ normal }) => normal !== null))}
        estimated={charts.some(({ tracks }) => tracks.tracks.some(({ error }) => error !== null))}
      />
      <Points names={names} loaded={all} measures={shown} />
    </>
  );
};

const Body = () => {
  if (refusal.value) return <Refused problem={refusal.value} />;
  if (metrics.value === null) return trouble.value === "unreachable" ? <Gone /> : <Skeleton rows={6} />;
  if (metrics.value.length === 0) return <Empty title="No metric is defined yet" />;
  if (keys.value.length === 0) {
    if (status.value === null || status.value.ledger.events > 0) return <Skeleton rows={6} />;
    return (
      <Empty title="Nothing came in yet">
        Series appear as soon as events come in: send one to <code>POST /v1/events</code>.
      </Empty>
    );
  }
  return <Charts />;
};

export const ExplorePage = () => {
  useShortcuts([
    { key: "ArrowLeft", text: "Earlier", run: () => move("earlier") },
    { key: "ArrowRight", text: "Later", run: () => move("later") },
    { key: "+", text: "Zoom in", run: () => move("in") },
    { key: "-", text: "Zoom out", run: () => move("out") },
    { key: "n", text: "Back to now", run: () => followNow() },
  ]);
  const [only, ...others] = keys.value;
  return (
    <div class="page">
      <Questions />
      <section
        class="card explore"
        aria-labelledby="explore-title"
        data-lost={trouble.value === "unreachable" || undefined}
      >
        <header class="card-head">
          <div class="explore-keys">
            <h2 id="explore-title">
              {only && others.length === 0 ? <KeyLabel value={only} /> : (metric.value?.name ?? "Series")}
            </h2>
            <KeyChips />
          </div>
          <Standing />
        </header>
        <div class="controls">
          <TimeControls />
          <TakeAway metric={metric.value?.name ?? ""} names={keyNames.value} loaded={loaded.value} />
        </div>
        <Body />
      </section>
      <WholeRange names={keyNames.value} loaded={loaded.value} measures={measures.value} />
    </div>
  );
};
