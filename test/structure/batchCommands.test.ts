import { BATCH_COMMANDS } from "@freshet/infra";
import { beforeAll, describe, expect, it } from "vitest";
import { type CommandLine, readCommandLine } from "./commandLine.js";

describe("the commands that the state machine of batch runs", () => {
  let commandLine: CommandLine;
  beforeAll(async () => {
    commandLine = await readCommandLine();
  }, 60_000);

  const unknownOf = ([command, ...words]: readonly string[]): readonly string[] =>
    words.filter((word) => word.startsWith("--") && !commandLine.optionsOf[command ?? ""]?.includes(word));

  it.each(Object.keys(BATCH_COMMANDS) as (keyof typeof BATCH_COMMANDS)[])(
    "are there, with what `%s` asks for",
    (name) => {
      expect(unknownOf(BATCH_COMMANDS[name])).toEqual([]);
    },
  );
});
