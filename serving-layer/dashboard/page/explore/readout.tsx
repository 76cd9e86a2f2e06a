import type { PresentedValue, SeriesAnswer } from "@freshet/model";
import { STATUS_WORDS } from "../parts/missingText.js";
import { clock } from "../state/clock.js";
import { keyText, momentText, numberOf, valueText } from "../text/format.js";
import { numberAt } from "./chart/tracks.js";
import type { Loaded } from "./loaded.js";

/** An estimate says so, and how far it may be off. */
export const Value = ({
  series,
  measure,
  value,
}: {
  series: Pick<SeriesAnswer, "errorBound">;
  measure: string;
  value: PresentedValue | undefined;
}) => {
  const bound = series.errorBound[measure];
  // Nothing was seen: that is no estimate.
  const exact = numberOf(value) === 0;
  return (
    <>
      {bound && !exact && (
        <span title={`±${(bound.bound * 100).toFixed(1)} %, ${bound.confidence * 100} % of the time`}>
          ≈{" "}
        </span>
      )}
      {valueText(value)}
    </>
  );
};

/** The last point is still filling: it is told only when it is pointed at. */
const pointOf = ({ points }: SeriesAnswer, index: number | null) =>
  points[index ?? -1] ?? points.at(-2) ?? points.at(-1);

/** What one measure's chart says at the place that is pointed at, key by key. */
export const Readout = (props: {
  names: readonly string[];
  loaded: ReadonlyMap<string, Loaded>;
  measure: string;
  quantile: string | null;
  index: number | null;
}) => {
  const { names, loaded, measure, index } = props;
  const alone = names.length === 1;
  return (
    <ul class={alone ? "readouts" : "readouts readouts-several"}>
      {names.map((name, number) => {
        const of = loaded.get(name);
        const point = of?.series && pointOf(of.series, index);
        if (!of?.series || !point) return null;
        const at = of.series.points.indexOf(point);
        const compared = of.compared?.points[at];
        return (
          <li key={name} class="readout">
            {!alone && (
              <span class={`key-number key-${number + 1}`} title={keyText(of.series.key)}>
                {number + 1}
              </span>
            )}
            <span class="readout-value">
              <Value
                series={of.series}
                measure={measure}
                value={alone ? point.values[measure] : numberAt(point.values[measure], props.quantile)}
              />
            </span>
            {alone && (
              <span class="quiet">
                {measure} in the {of.series.step} from {momentText(point.time, clock.peek())}
              </span>
            )}
            <span class={`mark mark-${point.status}`}>{STATUS_WORDS[point.status].word.toLowerCase()}</span>
            {compared && <span class="quiet small">before: {valueText(compared.values[measure])}</span>}
          </li>
        );
      })}
    </ul>
  );
};
