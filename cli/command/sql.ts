import { createReadStream } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Command, InvalidArgumentError } from "commander";
import { explainProblem, type SqlAnswered, type SqlFormat, type SqlOutcome } from "@freshet/serving-layer";
import { EXIT, Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { missingText } from "../output/answers.js";
import { table } from "../output/table.js";
import { type CommonOptions, integerAtLeast, withCommonOptions } from "../wiring/options.js";
import { withReader } from "../wiring/reader.js";
import { openSqlDesk } from "../wiring/sqlDesk.js";

interface SqlOptions extends CommonOptions {
  readonly limit?: number;
  readonly csv?: boolean;
  readonly out?: Output;
}

interface Output {
  readonly file: string;
  readonly format: SqlFormat;
}

/** A table for people is short. */
const ROWS_SHOWN = 100;
const FORMATS: Readonly<Record<string, SqlFormat>> = {
  json: "json",
  csv: "csv",
  arrow: "arrow",
  arrows: "arrow",
  parquet: "parquet",
};

const outputFile = (file: string): Output => {
  const format = FORMATS[file.slice(file.lastIndexOf(".") + 1).toLowerCase()];
  if (!format) throw new InvalidArgumentError("expected a name that ends in .csv, .json, .arrow or .parquet");
  return { file, format };
};

const answerOf = (outcome: SqlOutcome): SqlAnswered => {
  if (outcome.kind === "answered") return outcome.answer;
  if (outcome.kind === "busy") throw new Failure("other statements are running", EXIT.failed);
  const { title, detail } = explainProblem(outcome.problem);
  throw new Failure(`${title}: ${detail}`);
};

/** As an answer's JSON has it. */
type Cell = string | number | boolean | object | null;

const cellText = (cell: Cell): string | number | null => {
  if (cell === null || typeof cell === "number") return cell;
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
};

const standingText = ({
  status,
  generation,
  batchThrough,
  missing,
}: SqlAnswered["frame"]): readonly string[] =>
  status === null
    ? []
    : [
        `${status} · generation ${generation ?? "none yet"} · batch through ${batchThrough ?? "nothing yet"}`,
        ...missing.map((each) => `missing: ${missingText(each)}`),
      ];

const tableText = (
  { frame, columns, rowCount, truncated }: SqlAnswered,
  rows: readonly (readonly Cell[])[],
): string => {
  const shown = table(
    columns.map(({ name }) => name),
    rows.map((row) => row.map(cellText)),
  );
  const count = `${rowCount} row${rowCount === 1 ? "" : "s"}${truncated ? ", and more: --limit" : ""}`;
  return [shown, count, ...standingText(frame)].join("\n");
};

/** `freshet sql`: one statement over generations, live views and raw events, in a process of its own. */
export const registerSql = (program: Command): void => {
  withCommonOptions(program.command("sql"))
    .description("ask in SQL over generations, live views and raw events")
    .argument("<statement>", "one SELECT, EXPLAIN, DESCRIBE, SHOW or SUMMARIZE")
    .option("--limit <rows>", `how many rows (default: ${ROWS_SHOWN}, in a file 1000000)`, integerAtLeast(1))
    .option("--csv", "print CSV")
    .option("--out <file>", "write the rows to a .csv, .json, .arrow or .parquet file", outputFile)
    .action(async (sql: string, options: SqlOptions) => {
      const format = options.out?.format ?? (options.csv ? "csv" : "json");
      const output = createOutput(options.json, process, Date.now);
      await withReader(options, async (reader, line) => {
        const desk = openSqlDesk(line, reader);
        try {
          const limit = options.limit ?? (options.out ? desk.limits.rowsMax : ROWS_SHOWN);
          const answer = answerOf(await desk.ask({ sql, format, limit }));
          const { file, frame, columns, rowCount, truncated, elapsedMs } = answer;
          if (options.out) {
            await copyFile(file, options.out.file);
            output.note(`${rowCount} rows in ${options.out.file}`);
          } else if (format === "csv") {
            await pipeline(createReadStream(file), process.stdout, { end: false });
          } else {
            const rows = JSON.parse(await readFile(file, "utf8")) as Cell[][];
            output.result({ ...frame, columns, rows, rowCount, truncated, elapsedMs }, () =>
              tableText(answer, rows),
            );
          }
        } finally {
          await desk.close();
        }
      });
    });
};
