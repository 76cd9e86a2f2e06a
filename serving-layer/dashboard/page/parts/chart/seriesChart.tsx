import type { SeriesAnswer } from "@freshet/model";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { timeLabels } from "./timeLabels.js";
import { isDark } from "../../state/theme.js";
import { shortNumber } from "../../text/format.js";
import { type Columns, columnsOf } from "./columns.js";
import { faded, hatch, type Palette, readPalette } from "./palette.js";

const HEIGHT_PX = 300;
const LABEL_PX = 11;

/** The seam: where batch ends. To its right the ground is tinted. */
const drawSeam = (chart: uPlot, palette: Palette, seamSeconds: number | null): void => {
  const { ctx: context, bbox } = chart;
  const ratio = devicePixelRatio;
  const [min, max] = [chart.scales["x"]?.min ?? 0, chart.scales["x"]?.max ?? 0];
  const at = seamSeconds === null || seamSeconds < min ? min : seamSeconds;
  if (at > max) return;
  const x = Math.round(chart.valToPos(at, "x", true));
  context.save();
  context.fillStyle = faded(palette.live, 0.09);
  context.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height);
  if (seamSeconds !== null && seamSeconds >= min) {
    context.strokeStyle = palette.live;
    context.lineWidth = 1.5 * ratio;
    context.setLineDash([2 * ratio, 4 * ratio]);
    context.beginPath();
    context.moveTo(x, bbox.top);
    context.lineTo(x, bbox.top + bbox.height);
    context.stroke();
    context.setLineDash([]);
    context.font = `600 ${LABEL_PX * ratio}px system-ui, sans-serif`;
    context.textBaseline = "bottom";
    context.fillStyle = palette.settled;
    context.textAlign = "right";
    if (x - bbox.left > 60 * ratio) context.fillText("settled", x - 7 * ratio, bbox.top - 4 * ratio);
    context.fillStyle = palette.live;
    context.textAlign = "left";
    if (bbox.left + bbox.width - x > 32 * ratio)
      context.fillText("live", x + 7 * ratio, bbox.top - 4 * ratio);
  }
  context.restore();
};

const optionsOf = (
  palette: Palette,
  width: number,
  span: () => [number, number],
  seam: () => number | null,
  pointed: (index: number | null) => void,
): uPlot.Options => {
  const axis = {
    stroke: palette.text,
    font: `${LABEL_PX}px system-ui, sans-serif`,
    grid: { stroke: palette.line, width: 1 },
    ticks: { show: false },
  };
  const joined = uPlot.paths.linear?.();
  const paths = joined ? { paths: joined } : {};
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    padding: [20, 12, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => span() },
      y: { range: (_chart, _min, max) => [0, Math.max(1, max * 1.12)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 32, space: 64, values: timeLabels },
      {
        ...axis,
        size: 52,
        values: (_chart, splits) =>
          splits.map((value) => (Number.isInteger(value) ? shortNumber(value) : "")),
      },
    ],
    series: [
      {},
      {
        ...paths,
        stroke: palette.settled,
        width: 2,
        fill: faded(palette.settled, 0.14),
        points: { show: false },
      },
      {
        ...paths,
        stroke: palette.live,
        width: 2,
        dash: [6, 4],
        fill: hatch(palette.live, devicePixelRatio),
        points: { show: false },
      },
    ],
    hooks: {
      drawClear: [(chart) => drawSeam(chart, palette, seam())],
      setCursor: [(chart) => pointed(chart.cursor.idx ?? null)],
    },
  };
};

/** One key's series with the seam; settled and live differ in colour, stroke and ground. */
export const SeriesChart = (props: {
  series: SeriesAnswer;
  measure: string;
  label: string;
  pointed: (index: number | null) => void;
}) => {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const seam = useRef<number | null>(null);
  const span = useRef<[number, number]>([0, 1]);
  const dark = isDark();
  const columns: Columns = columnsOf(props.series, props.measure);
  const { batchThrough, covers } = props.series;
  span.current = [Date.parse(covers.from) / 1_000, Date.parse(covers.to) / 1_000];
  seam.current = batchThrough === null ? null : Date.parse(batchThrough) / 1_000;

  useEffect(() => {
    const holder = place.current;
    if (!holder) return undefined;
    const options = optionsOf(
      readPalette(),
      holder.clientWidth,
      () => span.current,
      () => seam.current,
      props.pointed,
    );
    const made = new uPlot(options, columns, holder);
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: holder.clientWidth, height: HEIGHT_PX }));
    watch.observe(holder);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [dark]);

  useEffect(() => chart.current?.setData(columns), [props.series, props.measure]);

  return <div class="chart" ref={place} role="img" aria-label={props.label} />;
};
