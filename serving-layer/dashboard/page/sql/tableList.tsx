import { Empty, Shown } from "../parts/states.js";
import type { Polled } from "../state/polled.js";
import { wholeNumber } from "../text/format.js";
import type { SqlTables } from "./answers.js";

/** What can be asked: a press puts its name where the cursor is. */
export const TableList = (props: { polled: Polled<SqlTables>; insert: (name: string) => void }) => (
  <section class="card" aria-labelledby="tables-title">
    <header class="card-head">
      <h2 id="tables-title">Tables</h2>
    </header>
    <Shown polled={props.polled} rows={5}>
      {({ tables, functions, limits }) =>
        tables.length === 0 ? (
          <Empty title="No tables yet">They come with the first app that is published.</Empty>
        ) : (
          <>
            <ul class="sql-tables">
              {tables.map(({ name, description, columns }, index) => (
                <li key={name}>
                  <details open={index === 0}>
                    <summary>
                      <code>{name}</code>
                    </summary>
                    {description !== "" && <p class="quiet small">{description}</p>}
                    <ul class="sql-columns" aria-label={`Columns of ${name}`}>
                      {columns.map((column) => (
                        <li key={column.name}>
                          <button type="button" class="sql-name" onClick={() => props.insert(column.name)}>
                            {column.name}
                          </button>
                          <span class="quiet">{column.type.toLowerCase()}</span>
                        </li>
                      ))}
                    </ul>
                    <button type="button" class="link-button" onClick={() => props.insert(name)}>
                      Put in the statement
                    </button>
                  </details>
                </li>
              ))}
              {functions.length > 0 && (
                <li>
                  <details>
                    <summary>Functions</summary>
                    <dl class="sql-functions">
                      {functions.map(({ name, description }) => (
                        <div key={name}>
                          <dt>
                            <code>{name}</code>
                          </dt>
                          <dd class="quiet small">{description}</dd>
                        </div>
                      ))}
                    </dl>
                  </details>
                </li>
              )}
            </ul>
            <p class="quiet small">
              At most {wholeNumber(limits.rows)} rows, {limits.seconds} s and {wholeNumber(limits.memoryMb)}{" "}
              MB.
            </p>
          </>
        )
      }
    </Shown>
  </section>
);
