import type { SeriesAnswer } from "@freshet/model";
import { numberOf } from "../text/format.js";

const WIDTH = 120;
const HEIGHT = 30;
const INSET = 3;

/** A small picture of a series; what is not settled is drawn in the live colour, dashed. */
export const Sparkline = ({ series, measure }: { series: SeriesAnswer | undefined; measure: string }) => {
  if (!series || series.points.length < 2) return <span class="spark spark-empty" />;
  const values = series.points.map(({ values: of }) => numberOf(of[measure]) ?? 0);
  const most = Math.max(1, ...values);
  const x = (index: number): number => INSET + (index / (values.length - 1)) * (WIDTH - 2 * INSET);
  const y = (value: number): number => HEIGHT - INSET - (value / most) * (HEIGHT - 2 * INSET);
  const line = (from: number, to: number): string =>
    values
      .slice(from, to + 1)
      .map((value, index) => `${index === 0 ? "M" : "L"}${x(from + index).toFixed(1)} ${y(value).toFixed(1)}`)
      .join("");
  const last = values.length - 1;
  const firstLive = series.points.findLastIndex(({ status }) => status === "settled") + 1;
  const seam = Math.max(0, Math.min(last, firstLive - 1));
  const area = `${line(0, last)}L${x(last).toFixed(1)} ${HEIGHT}L${x(0).toFixed(1)} ${HEIGHT}Z`;
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="spark-area" d={area} />
      {seam > 0 && <path class="spark-settled" d={line(0, seam)} />}
      {seam < last && <path class="spark-live" d={line(seam, last)} />}
    </svg>
  );
};
