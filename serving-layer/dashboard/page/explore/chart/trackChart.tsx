import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { faded, hatch, type Palette, readPalette } from "../../parts/chart/palette.js";
import { timeLabels } from "../../parts/chart/timeLabels.js";
import { isDark } from "../../state/theme.js";
import { shortNumber } from "../../text/format.js";
import type { Span } from "../span.js";
import { drawBands, drawNumbers } from "./bands.js";
import { drawSeam } from "./seam.js";
import type { Column, Track, Tracks } from "./tracks.js";

const LABEL_PX = 11;
const SELECTED_PX_MIN = 6;
const ROOM_ABOVE = 1.12;

/** What a chart is made with, and reads anew whenever it draws. */
interface Shown {
  readonly tracks: Tracks;
  readonly span: Span;
  readonly seamMs: number | null;
  readonly pointed: (index: number | null) => void;
  readonly zoom: (span: Span) => void;
}

type Line = {
  readonly column: Column;
  readonly kind: "settled" | "live" | "other" | "compared";
  readonly track: Track;
};

const linesOf = ({ tracks }: Tracks): readonly Line[] =>
  tracks.flatMap((track): Line[] => [
    ...(track.compared ? [{ column: track.compared, kind: "compared", track } as const] : []),
    ...track.others.map((column) => ({ column, kind: "other", track }) as const),
    { column: track.settled, kind: "settled", track },
    { column: track.live, kind: "live", track },
  ]);

/** One key is drawn in the colours of settled and live, several in a colour each. */
const colorOf = (palette: Palette, tracks: Tracks, { index }: Track): string =>
  tracks.tracks.length === 1 ? palette.settled : (palette.keys[index] ?? palette.settled);

/** Points without a neighbour: no line shows them. */
const lonely = (column: Column): number[] =>
  column.flatMap((value, index) =>
    value !== null && (column[index - 1] ?? null) === null && (column[index + 1] ?? null) === null
      ? [index]
      : [],
  );

const seriesOf = (palette: Palette, tracks: Tracks, { kind, track }: Line): uPlot.Series => {
  const alone = tracks.tracks.length === 1;
  const color = colorOf(palette, tracks, track);
  const joined = uPlot.paths.linear?.();
  const lonelyPoints: uPlot.Series.Points = {
    show: true,
    size: 4,
    filter: (chart, index) => lonely((chart.data[index] ?? []) as Column),
  };
  const common = { ...(joined ? { paths: joined } : {}), points: lonelyPoints, width: 2 };
  switch (kind) {
    case "settled":
      return alone ? { ...common, stroke: color, fill: faded(color, 0.14) } : { ...common, stroke: color };
    case "live":
      return alone
        ? { ...common, stroke: palette.live, dash: [6, 4], fill: hatch(palette.live, devicePixelRatio) }
        : { ...common, stroke: color, dash: [6, 4] };
    case "other":
      return { ...common, stroke: faded(color, 0.65), width: 1.2 };
    case "compared":
      return { ...common, stroke: faded(alone ? palette.text : color, 0.75), width: 1.4, dash: [1.5, 3.5] };
  }
};

const optionsOf = (
  palette: Palette,
  size: { readonly width: number; readonly height: number },
  shown: () => Shown,
): uPlot.Options => {
  const axis = {
    stroke: palette.text,
    font: `${LABEL_PX}px system-ui, sans-serif`,
    grid: { stroke: palette.line, width: 1 },
    ticks: { show: false },
  };
  const color = (track: Track): string => colorOf(palette, shown().tracks, track);
  return {
    ...size,
    legend: { show: false },
    padding: [20, 12, 0, 0],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      sync: { key: "explore" },
      bind: { dblclick: () => null },
    },
    scales: {
      x: { time: true, range: () => [shown().span.fromMs / 1_000, shown().span.toMs / 1_000] },
      y: {
        range: () => {
          const { most, least } = shown().tracks;
          return [least * ROOM_ABOVE, Math.max(least < 0 ? 0 : 1, most * ROOM_ABOVE)];
        },
      },
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
    series: [{}, ...linesOf(shown().tracks).map((line) => seriesOf(palette, shown().tracks, line))],
    hooks: {
      drawClear: [
        (chart) => drawSeam(chart, palette, shown().seamMs === null ? null : (shown().seamMs ?? 0) / 1_000),
        (chart) => drawBands(chart, palette, shown().tracks, color),
      ],
      draw: [(chart) => drawNumbers(chart, palette, shown().tracks, color)],
      setCursor: [(chart) => shown().pointed(chart.cursor.idx ?? null)],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < SELECTED_PX_MIN) return;
          const at = (pixels: number): number => chart.posToVal(pixels, "x") * 1_000;
          const span = { fromMs: at(left), toMs: at(left + width) };
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          shown().zoom(span);
        },
      ],
    },
  };
};

const dataOf = (tracks: Tracks): uPlot.AlignedData =>
  [tracks.times, ...linesOf(tracks).map(({ column }) => column)] as unknown as uPlot.AlignedData;

/** Keys' series of one measure, with the seam; dragging across it zooms. */
export const TrackChart = (props: Shown & { readonly height: number; readonly label: string }) => {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const shown = useRef<Shown>(props);
  shown.current = props;
  const { tracks, height, span, seamMs } = props;
  const shape = linesOf(tracks)
    .map(({ kind, track }) => `${kind}${track.index}`)
    .join(" ");

  useEffect(() => {
    const holder = place.current;
    if (!holder) return undefined;
    const size = () => ({ width: holder.clientWidth, height });
    const made = new uPlot(
      optionsOf(readPalette(), size(), () => shown.current),
      dataOf(shown.current.tracks),
      holder,
    );
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize(size()));
    watch.observe(holder);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [isDark(), shape, height]);

  useEffect(() => chart.current?.setData(dataOf(tracks)), [tracks, span.fromMs, span.toMs, seamMs]);

  return (
    <div class="chart" ref={place} role="img" aria-label={props.label} style={{ height: `${height}px` }} />
  );
};
