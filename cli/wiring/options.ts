import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "@freshet/model";

export interface CommonOptions {
  readonly app: string;
  readonly data: string;
  readonly store?: string;
  readonly json: boolean;
  readonly logLevel: string;
}

export const DEFAULT_APP = "freshet.config.ts";
export const DEFAULT_DATA = ".freshet";

/** What every command takes. */
export const withCommonOptions = (command: Command): Command =>
  command
    .option("--app <config>", "the app's config file", DEFAULT_APP)
    .option("--data <dir>", "the data directory", DEFAULT_DATA)
    .option(
      "--store <file>",
      "a JSON file that says where the data lie, on AWS for example; instead of --data (default: $FRESHET_STORE)",
    )
    .option("--json", "print JSON to standard output", false)
    .addOption(
      new Option("--log-level <level>", "what is logged to standard error")
        .choices(["trace", "debug", "info", "warn", "error", "silent"])
        .default("warn"),
    );

export const integerAtLeast =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`expected an integer of at least ${least}`);
    return value;
  };

export const positiveNumber = (text: string): number => {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("expected a number above 0");
  return value;
};

/** Of commands that fold: see `SpeedSettings.holdBackAfterMs`. */
export const holdBackOption = (): Option =>
  new Option(
    "--hold-back-after <duration>",
    "producers are told to come again while folding is further behind than this and falls back (a data directory's log)",
  )
    .argParser(durationText)
    .default("10s");

export const durationText = (text: string): string => {
  try {
    parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return text;
};

/** Repeated `--key name=value`. */
export const collectPairs = (text: string, before: readonly string[]): readonly string[] => {
  if (!/^[^=]+=/.test(text)) throw new InvalidArgumentError("expected name=value");
  return [...before, text];
};
