import type { ValueAnswer } from "@freshet/model";
import { KeyLabel } from "../parts/keyLabel.js";
import { StatusMark } from "../parts/statusChip.js";
import { numberOf, shortNumber } from "../text/format.js";
import type { Loaded } from "./loaded.js";
import { Value } from "./readout.js";

interface Scale {
  at(value: number): string;
}

const scaleOf = (most: number): Scale => ({ at: (value) => `${most <= 0 ? 0 : (100 * value) / most}%` });

/** Quantiles on a line: the inner ones as a bar, each with a tick. */
const Distribution = ({
  values,
  scale,
}: {
  values: readonly (readonly [string, number])[];
  scale: Scale;
}) => {
  const first = values[0]?.[1] ?? 0;
  const last = values.at(-1)?.[1] ?? 0;
  return (
    <span class="interval" aria-hidden="true">
      <span class="interval-bar" style={{ left: scale.at(first), width: scale.at(last - first) }} />
      {values.map(([name, value]) => (
        <span
          key={name}
          class="interval-tick"
          style={{ left: scale.at(value) }}
          title={`${name} ${shortNumber(value)}`}
        />
      ))}
    </span>
  );
};

/** An amount from zero, with the interval in which the truth lies. */
const Amount = ({ value, bound, scale }: { value: number; bound: number | null; scale: Scale }) => (
  <span class="interval" aria-hidden="true">
    <span class="interval-amount" style={{ width: scale.at(value) }} />
    {bound !== null && (
      <span
        class="interval-error"
        style={{ left: scale.at(value * (1 - bound)), width: scale.at(2 * bound * value) }}
      />
    )}
  </span>
);

const quantilesOf = (answer: ValueAnswer, measure: string): readonly (readonly [string, number])[] => {
  const value = answer.values[measure];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, of]) => (of === null ? [] : [[name, of] as const]));
};

/** The most that a measure's line must hold, with its error. */
const mostOf = (answers: readonly ValueAnswer[], measure: string): number =>
  Math.max(
    0,
    ...answers.flatMap((answer) => {
      const factor = 1 + (answer.errorBound[measure]?.bound ?? 0);
      const quantiles = quantilesOf(answer, measure).map(([, value]) => value);
      return quantiles.length > 0 ? quantiles : [(numberOf(answer.values[measure]) ?? 0) * factor];
    }),
  );

/** Each key over the whole range: distinct values are not the sum of the points. */
export const WholeRange = (props: {
  names: readonly string[];
  loaded: ReadonlyMap<string, Loaded>;
  measures: readonly string[];
}) => {
  const rows = props.names.flatMap((name, index) => {
    const value = props.loaded.get(name)?.value;
    return value ? [{ name, index, value }] : [];
  });
  if (rows.length === 0) return null;
  const scales = new Map(
    props.measures.map((measure) => [
      measure,
      scaleOf(
        mostOf(
          rows.map(({ value }) => value),
          measure,
        ),
      ),
    ]),
  );
  return (
    <section class="card" aria-labelledby="whole-title">
      <header class="card-head">
        <h2 id="whole-title">Over the whole range</h2>
      </header>
      <div class="table-scroll whole-scroll" tabIndex={0} role="region" aria-label="Over the whole range">
        <table class="whole">
          <thead>
            <tr>
              <th scope="col">Key</th>
              {props.measures.map((measure) => (
                <th key={measure} scope="col">
                  {measure}
                </th>
              ))}
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, index, value }) => (
              <tr key={name}>
                <th scope="row">
                  {props.names.length > 1 && <span class={`key-number key-${index + 1}`}>{index + 1}</span>}
                  <KeyLabel value={value.key} />
                </th>
                {props.measures.map((measure) => {
                  const quantiles = quantilesOf(value, measure);
                  const scale = scales.get(measure) ?? scaleOf(1);
                  const bound =
                    numberOf(value.values[measure]) === 0 ? null : (value.errorBound[measure]?.bound ?? null);
                  return (
                    <td key={measure}>
                      <span class="whole-value">
                        <Value series={value} measure={measure} value={value.values[measure]} />
                        {bound !== null && quantiles.length === 0 && (
                          <span class="quiet small"> ± {(100 * bound).toFixed(1)} %</span>
                        )}
                      </span>
                      {quantiles.length > 0 ? (
                        <Distribution values={quantiles} scale={scale} />
                      ) : (
                        <Amount value={numberOf(value.values[measure]) ?? 0} bound={bound} scale={scale} />
                      )}
                    </td>
                  );
                })}
                <td>
                  <StatusMark status={value.status} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
};
