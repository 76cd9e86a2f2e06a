import { type Command, Option } from "commander";
import { type EpochMs, REASONS, type Reason } from "@freshet/model";
import type { DeadLetterFilter } from "@freshet/storage";
import { Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { catchUp, openLine } from "../wiring/line.js";
import { type CommonOptions, integerAtLeast, withCommonOptions } from "../wiring/options.js";

interface DeadLetterOptions extends CommonOptions {
  readonly reason?: Reason;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  readonly after?: string;
  readonly limit: number;
}

const instant = (text: string): EpochMs => {
  const value = Date.parse(text);
  if (Number.isNaN(value))
    throw new Failure(`not a time: ${text} (write ISO 8601, such as 2026-11-21T08:00:00Z)`);
  return value as EpochMs;
};

const filterOf = (options: DeadLetterOptions): DeadLetterFilter => ({
  limit: options.limit,
  ...(options.reason === undefined ? {} : { reason: options.reason }),
  ...(options.type === undefined ? {} : { type: options.type }),
  ...(options.from === undefined ? {} : { fromMs: instant(options.from) }),
  ...(options.to === undefined ? {} : { toMs: instant(options.to) }),
  ...(options.text === undefined ? {} : { text: options.text }),
  ...(options.after === undefined ? {} : { after: options.after }),
});

/** `freshet dead-letters`: what could not be counted, and why. */
export const registerDeadLetters = (program: Command): void => {
  withCommonOptions(program.command("dead-letters"))
    .description("events that could not be counted, with reason and position")
    .addOption(new Option("--reason <reason>", "only this reason").choices([...REASONS]))
    .option("--type <type>", "only this event type")
    .option("--from <time>", "arrived at or after")
    .option("--to <time>", "arrived before")
    .option("--text <text>", "only where the event or the detail holds this text")
    .option("--after <position>", "the next page, as `next` of the page before says")
    .option("--limit <rows>", "how many", integerAtLeast(1), 50)
    .action(async (options: DeadLetterOptions) => {
      const line = await openLine(options);
      try {
        await catchUp(line);
        const [found, total] = await Promise.all([
          line.data.deadLetters.search(filterOf(options)),
          line.data.deadLetters.count(),
        ]);
        const letters = found.letters.map(({ body, arrivalMs, timeMs, ...letter }) => ({
          ...letter,
          arrival: new Date(arrivalMs).toISOString(),
          time: timeMs === null ? null : new Date(timeMs).toISOString(),
          body: Buffer.from(body).toString("utf8"),
        }));
        createOutput(options.json, process, Date.now).result({ total, letters, next: found.next }, () =>
          letters.length === 0
            ? `No dead letters${total > 0 ? ` match (${total} in all)` : ""}.`
            : table(
                ["arrival", "reason", "detail", "type", "id", "shard"],
                letters.map((one) => [one.arrival, one.reason, one.detail, one.type, one.id, one.shard]),
              ),
        );
      } finally {
        await line.close();
      }
    });
};
