import type { SeriesAnswer } from "@freshet/model";
import { useState } from "preact/hooks";
import { ranges, series, shownKey, shownMeasure } from "../state/answers.js";
import { measureName, metric, rangeText } from "../state/choice.js";
import { clockText, keyText, momentText, valueText } from "../text/format.js";
import { SeriesChart } from "./chart/seriesChart.js";
import { KeyLabel } from "./keyLabel.js";
import { STATUS_WORDS } from "./missingText.js";
import { Segmented, Select } from "./segmented.js";
import { Refused } from "./states.js";
import { StatusChip } from "./statusChip.js";
import { clock } from "../state/clock.js";

const TABLE_ROWS = 48;

const Readout = ({
  answer,
  measure,
  index,
}: {
  answer: SeriesAnswer;
  measure: string;
  index: number | null;
}) => {
  // The last point is still filling: it is told only when it is pointed at.
  const point = answer.points[index ?? -1] ?? answer.points.at(-2) ?? answer.points.at(-1);
  if (!point) return null;
  const bound = answer.errorBound[measure];
  return (
    <p class="readout">
      <span class="readout-value">
        {bound && (
          <span title={`±${(bound.bound * 100).toFixed(1)} %, ${bound.confidence * 100} % of the time`}>
            ≈{" "}
          </span>
        )}
        {valueText(point.values[measure])}
      </span>
      <span class="quiet">
        {measure} in the {answer.step} from {momentText(point.time, clock.peek())}
      </span>
      <span class={`mark mark-${point.status}`}>{STATUS_WORDS[point.status].word.toLowerCase()}</span>
    </p>
  );
};

const Table = ({ answer, measure }: { answer: SeriesAnswer; measure: string }) => (
  <details class="table-place">
    <summary>The last {Math.min(TABLE_ROWS, answer.points.length)} points as a table</summary>
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Points of the series">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" class="number">
              {measure}
            </th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {answer.points
            .slice(-TABLE_ROWS)
            .reverse()
            .map((point) => (
              <tr key={point.time}>
                <td>
                  <time dateTime={point.time}>{clockText(point.time)}</time>
                </td>
                <td class="number">{valueText(point.values[measure])}</td>
                <td>
                  <span class={`mark mark-${point.status}`}>{point.status}</span>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  </details>
);

const Legend = ({ batchThrough }: { batchThrough: string | null }) => (
  <ul class="legend">
    <li>
      <span class="swatch swatch-settled" aria-hidden="true" /> settled: counted exactly by batch
    </li>
    <li>
      <span class="swatch swatch-live" aria-hidden="true" /> live: added by the speed layer
    </li>
    <li class="quiet">
      {batchThrough === null
        ? "no batch yet"
        : `batch holds all that arrived before ${momentText(batchThrough, clock.peek())}`}
    </li>
  </ul>
);

const Body = ({ answer, measure }: { answer: SeriesAnswer; measure: string }) => {
  const [index, setIndex] = useState<number | null>(null);
  return (
    <>
      <Readout answer={answer} measure={measure} index={index} />
      <SeriesChart
        series={answer}
        measure={measure}
        pointed={setIndex}
        label={`${measure} of ${keyText(answer.key)}, ${answer.points.length} points of ${answer.step}; also as a table below`}
      />
      <Legend batchThrough={answer.batchThrough} />
      <Table answer={answer} measure={measure} />
    </>
  );
};

export const KeyPanel = () => {
  const { answer, problem, state } = series.value;
  const key = shownKey.value;
  const measure = shownMeasure.value;
  const measures = metric.value?.measures ?? [];
  return (
    <section
      id="key-panel"
      class="card key-panel"
      aria-labelledby="key-title"
      data-lost={state === "lost" || undefined}
    >
      <header class="card-head">
        <h2 id="key-title">{key ? <KeyLabel value={key} /> : "Series"}</h2>
        {answer && <StatusChip status={answer.status} missing={answer.missing} />}
      </header>
      <div class="controls">
        {measures.length > 1 && (
          <Select
            label="Measure"
            options={measures.map(({ name }) => ({ value: name, text: name }))}
            value={measure ?? ""}
            choose={(name) => {
              measureName.value = name;
            }}
          />
        )}
        <Segmented
          name="range"
          label="Range of the series"
          options={ranges.map((text) => ({ value: text, text }))}
          value={rangeText.value}
          choose={(text) => {
            rangeText.value = text;
          }}
        />
      </div>
      {problem ? (
        <Refused problem={problem} />
      ) : answer && measure ? (
        <Body answer={answer} measure={measure} />
      ) : (
        <div class="chart chart-empty">
          {key ? <span class="skeleton-row" /> : <p class="quiet">Choose a row to see its series.</p>}
        </div>
      )}
    </section>
  );
};
