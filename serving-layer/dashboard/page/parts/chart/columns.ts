import type { SeriesAnswer } from "@freshet/model";
import { numberOf } from "../../text/format.js";

/** What is drawn: times in seconds, settled values, and the others with the points beside them, so that the lines meet. */
export type Columns = [times: number[], settled: (number | null)[], live: (number | null)[]];

export const columnsOf = ({ points }: SeriesAnswer, measure: string): Columns => {
  const values = points.map(({ values: of }) => numberOf(of[measure]));
  const isSettled = (index: number): boolean => (points[index]?.status ?? "settled") === "settled";
  return [
    points.map(({ time }) => Date.parse(time) / 1_000),
    values.map((value, index) => (isSettled(index) ? value : null)),
    values.map((value, index) =>
      isSettled(index - 1) && isSettled(index) && isSettled(index + 1) ? null : value,
    ),
  ];
};
