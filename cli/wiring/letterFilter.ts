import { type Command, Option } from "commander";
import { type EpochMs, REASONS, type Reason } from "@freshet/model";
import type { DeadLetterFilter } from "@freshet/storage";
import { Failure } from "../output/failure.js";
import { type CommonOptions, integerAtLeast } from "./options.js";

export interface LetterOptions extends CommonOptions {
  readonly reason?: Reason;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  readonly after?: string;
  readonly limit: number;
}

const LIMIT_DEFAULT = 50;

export const withLetterOptions = (command: Command): Command =>
  command
    .addOption(new Option("--reason <reason>", "only this reason").choices([...REASONS]))
    .option("--type <type>", "only this event type")
    .option("--from <time>", "arrived at or after")
    .option("--to <time>", "arrived before")
    .option("--text <text>", "only where the event or the detail holds this text")
    .option("--after <position>", "the next page, as `next` of the page before says")
    .option("--limit <rows>", "how many", integerAtLeast(1), LIMIT_DEFAULT);

const instant = (text: string): EpochMs => {
  const value = Date.parse(text);
  if (Number.isNaN(value))
    throw new Failure(`not a time: ${text} (write ISO 8601, such as 2026-11-21T08:00:00Z)`);
  return value as EpochMs;
};

export const letterFilter = (options: LetterOptions): DeadLetterFilter => ({
  limit: options.limit,
  ...(options.reason === undefined ? {} : { reason: options.reason }),
  ...(options.type === undefined ? {} : { type: options.type }),
  ...(options.from === undefined ? {} : { fromMs: instant(options.from) }),
  ...(options.to === undefined ? {} : { toMs: instant(options.to) }),
  ...(options.text === undefined ? {} : { text: options.text }),
  ...(options.after === undefined ? {} : { after: options.after }),
});
