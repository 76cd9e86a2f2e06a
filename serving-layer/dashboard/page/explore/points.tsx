import { clock } from "../state/clock.js";
import { keyText, momentText, valueText } from "../text/format.js";
import type { Loaded } from "./loaded.js";

const TABLE_ROWS = 48;

/** The newest points as a table, for who cannot see the chart or wants the figures. */
export const Points = (props: {
  names: readonly string[];
  loaded: ReadonlyMap<string, Loaded>;
  measures: readonly string[];
}) => {
  const columns = props.names.flatMap((name, index) => {
    const series = props.loaded.get(name)?.series;
    return series ? props.measures.map((measure) => ({ series, measure, index })) : [];
  });
  const points = columns[0]?.series.points ?? [];
  const several = props.names.length > 1;
  return (
    <details class="table-place">
      <summary>The last {Math.min(TABLE_ROWS, points.length)} points as a table</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Points of the series">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              {columns.map(({ series, measure, index }) => (
                <th key={`${index}${measure}`} scope="col" class="number">
                  {several ? `${index + 1}. ${keyText(series.key)}: ${measure}` : measure}
                </th>
              ))}
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            {points
              .map((point, at) => ({ point, at }))
              .slice(-TABLE_ROWS)
              .reverse()
              .map(({ point, at }) => (
                <tr key={point.time}>
                  <td>
                    <time dateTime={point.time}>{momentText(point.time, clock.peek())}</time>
                  </td>
                  {columns.map(({ series, measure, index }) => (
                    <td key={`${index}${measure}`} class="number">
                      {valueText(series.points[at]?.values[measure])}
                    </td>
                  ))}
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
};
