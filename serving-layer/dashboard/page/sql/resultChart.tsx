import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { readPalette } from "../parts/chart/palette.js";
import { timeLabels } from "../parts/chart/timeLabels.js";
import { isDark } from "../state/theme.js";
import { shortNumber } from "../text/format.js";
import type { ChartData } from "./chartData.js";

const HEIGHT_PX = 240;
const LABEL_PX = 11;
/** Lines are told apart without their colours too. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 4]];

const optionsOf = (data: ChartData, width: number): uPlot.Options => {
  const palette = readPalette();
  const axis = {
    stroke: palette.text,
    font: `${LABEL_PX}px system-ui, sans-serif`,
    grid: { stroke: palette.line, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    padding: [12, 12, 0, 0],
    cursor: { y: false, drag: { x: true, y: false } },
    axes: [
      { ...axis, grid: { show: false }, size: 32, space: 64, values: timeLabels },
      { ...axis, size: 60, values: (_chart, splits) => splits.map(shortNumber) },
    ],
    series: [
      {},
      ...data.lines.map(
        (_, index): uPlot.Series => ({
          stroke: palette.keys[index] ?? palette.settled,
          width: 2,
          dash: [...(DASHES[index] ?? [])],
          points: { show: data.times.length < 40, size: 5 },
        }),
      ),
    ],
  };
};

/** The result as lines over time; dragging across it zooms, a double click shows all again. */
export const ResultChart = ({ data }: { data: ChartData }) => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const holder = place.current;
    if (!holder) return undefined;
    const values = [data.times, ...data.lines.map((line) => line.values)] as unknown as uPlot.AlignedData;
    const made = new uPlot(optionsOf(data, holder.clientWidth), values, holder);
    const watch = new ResizeObserver(() => made.setSize({ width: holder.clientWidth, height: HEIGHT_PX }));
    watch.observe(holder);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [data, isDark()]);
  const names = data.lines.map(({ name }) => name);
  return (
    <figure class="result-chart">
      <div class="chart" ref={place} role="img" aria-label={`${names.join(", ")} over ${data.time}`} />
      <figcaption>
        <ul class="line-names">
          {names.map((name, index) => (
            <li key={name}>
              <svg viewBox="0 0 24 6" aria-hidden="true" class={`line-${index + 1}`}>
                <path d="M0 3h24" stroke-dasharray={(DASHES[index] ?? []).join(" ")} />
              </svg>
              {name}
            </li>
          ))}
          {data.more > 0 && <li class="quiet">and {data.more} more, not drawn</li>}
        </ul>
      </figcaption>
    </figure>
  );
};
