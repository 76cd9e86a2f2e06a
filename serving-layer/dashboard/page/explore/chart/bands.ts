import type uPlot from "uplot";
import { faded, type Palette } from "../../parts/chart/palette.js";
import type { Band, Column, Track, Tracks } from "./tracks.js";

const NUMBER_PX = 11;

type Point = readonly [x: number, y: number];

const pointsOf = (chart: uPlot, times: readonly number[], column: Column): readonly (Point | null)[] =>
  column.map((value, index) => {
    const time = times[index];
    if (value === null || time === undefined) return null;
    return [chart.valToPos(time, "x", true), chart.valToPos(value, "y", true)];
  });

/** Within the axes only. */
const clipped = (chart: uPlot, draw: (context: CanvasRenderingContext2D) => void): void => {
  const { ctx: context, bbox } = chart;
  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  context.clip();
  draw(context);
  context.restore();
};

/** Without joining what lies apart. */
const fillBand = (chart: uPlot, times: readonly number[], { low, high }: Band, color: string): void => {
  const above = pointsOf(chart, times, high);
  const below = pointsOf(chart, times, low);
  clipped(chart, (context) => {
    context.fillStyle = color;
    let from = 0;
    for (let index = 0; index <= above.length; index++) {
      if (index < above.length && above[index] && below[index]) continue;
      const edge = [...above.slice(from, index), ...below.slice(from, index).reverse()];
      from = index + 1;
      context.beginPath();
      for (const point of edge) if (point) context.lineTo(...point);
      context.closePath();
      context.fill();
    }
  });
};

/** What lies under the lines: what is normal, and how far estimates may be off. */
export const drawBands = (
  chart: uPlot,
  palette: Palette,
  { times, tracks }: Tracks,
  colorOf: (track: Track) => string,
): void => {
  for (const track of tracks) {
    const color = colorOf(track);
    if (track.normal)
      fillBand(chart, times, track.normal, faded(tracks.length === 1 ? palette.good : color, 0.16));
    if (track.error) fillBand(chart, times, track.error, faded(color, 0.22));
  }
};

/** Each line bears its key's number where it ends, so that colours are not needed to tell them apart. */
export const drawNumbers = (
  chart: uPlot,
  palette: Palette,
  { times, tracks }: Tracks,
  colorOf: (track: Track) => string,
): void => {
  if (tracks.length < 2) return;
  const ratio = devicePixelRatio;
  const taken: number[] = [];
  clipped(chart, (context) => {
    context.font = `700 ${NUMBER_PX * ratio}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const track of tracks) {
      const values = track.live.map((value, index) => value ?? track.settled[index] ?? null);
      const last = pointsOf(chart, times, values).findLast((point) => point !== null);
      if (!last) continue;
      const step = (NUMBER_PX + 4) * ratio;
      const low = chart.bbox.top + chart.bbox.height - step / 2;
      let y = Math.min(low, Math.max(chart.bbox.top + step / 2, last[1]));
      while (taken.some((other) => Math.abs(other - y) < step) && y > chart.bbox.top) y -= step;
      taken.push(y);
      const x = Math.min(last[0], chart.bbox.left + chart.bbox.width - step / 2);
      context.fillStyle = palette.surface;
      context.beginPath();
      context.arc(x, y, step / 2, 0, 2 * Math.PI);
      context.fill();
      context.fillStyle = colorOf(track);
      context.fillText(String(track.index + 1), x, y);
    }
  });
};
