import { wholeNumber } from "../text/format.js";
import type { SqlAnswer } from "./answers.js";
import { isNumeric } from "./chartData.js";

/** More rows are not drawn: a download has them all. */
const ROWS_SHOWN_MAX = 500;
const CELL_CHARS_MAX = 300;

/** Instants come as ISO 8601: a space reads better, and whole seconds need no fraction. */
const INSTANT = /^(?<day>\d{4}-\d\d-\d\d)T(?<time>\d\d:\d\d:\d\d)(?:\.000)?Z$/;

const cellText = (value: unknown): string => {
  const text = typeof value === "string" ? value.replace(INSTANT, "$<day> $<time>Z") : JSON.stringify(value);
  return text.length > CELL_CHARS_MAX ? `${text.slice(0, CELL_CHARS_MAX)}…` : text;
};

export const ResultTable = ({ answer: { columns, rows } }: { answer: SqlAnswer }) => {
  const numeric = columns.map(isNumeric);
  return (
    <>
      <div class="table-scroll result-scroll" role="region" aria-label="Result" tabIndex={0}>
        <table class="result">
          <thead>
            <tr>
              {columns.map(({ name, type }, index) => (
                <th key={index} scope="col" class={numeric[index] ? "number" : ""}>
                  {name} <span class="column-type">{type.toLowerCase()}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, ROWS_SHOWN_MAX).map((row, at) => (
              <tr key={at}>
                {row.map((value, index) => (
                  <td key={index} class={numeric[index] ? "number" : ""}>
                    {value === null ? <span class="quiet">null</span> : cellText(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > ROWS_SHOWN_MAX && (
        <p class="quiet small">
          The first {wholeNumber(ROWS_SHOWN_MAX)} of {wholeNumber(rows.length)} rows are shown; a download has
          them all.
        </p>
      )}
    </>
  );
};
