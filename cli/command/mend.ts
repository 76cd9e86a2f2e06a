import { userInfo } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import type { MendDefinition } from "@freshet/model";
import { createIntake } from "@freshet/producers";
import type { Mend, ReplayOutcome } from "@freshet/serving-layer";
import { EXIT, Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { currentApp } from "../wiring/currentApp.js";
import { openLetterDesk } from "../wiring/letterDesk.js";
import { type LetterOptions, letterFilter, withLetterOptions } from "../wiring/letterFilter.js";
import { catchUp, openLine } from "../wiring/line.js";
import { loadModule } from "../wiring/loadModule.js";
import { withCommonOptions } from "../wiring/options.js";

interface MendOptions extends LetterOptions {
  readonly apply: boolean;
  readonly place: readonly string[];
}

const PLACE = /^[A-Za-z0-9_-]{12,400}$/;

const collectPlaces = (text: string, before: readonly string[]): readonly string[] => {
  if (!PLACE.test(text))
    throw new InvalidArgumentError("expected a letter's place, as dead-letters --json names it");
  return [...before, text];
};

const isMend = (value: unknown): value is MendDefinition =>
  typeof value === "object" && value !== null && "fields" in value && Array.isArray(value.fields);

const readMend = async (file: string | undefined): Promise<Mend> => {
  if (file === undefined) return { kind: "none" };
  const mend = await loadModule(file, "Name the file that holds the mend.");
  if (!isMend(mend))
    throw new Failure(`${file}: expected \`export default mend((e) => ({ field: value }))\`.`, EXIT.usage);
  return { kind: "set", fields: mend.fields };
};

const isoOf = (ms: number): string => new Date(ms).toISOString();

const documentOf = ({ effect, ...outcome }: ReplayOutcome) => ({
  ...outcome,
  effect: effect.map(({ panes, ...rest }) => ({
    ...rest,
    from: isoOf(panes.fromMs),
    to: isoOf(panes.toExclusiveMs),
  })),
});

const textOf = (outcome: ReplayOutcome, applied: boolean): string => {
  const { letters, replayedBefore, mended, stillBad, samples, effect, notTaken, next } = outcome;
  const bad = Object.entries(stillBad).map(([reason, count]) => `${count} ${reason.replaceAll("_", " ")}`);
  return [
    `${letters} letters: ${mended} ${applied ? "are in the log again" : "can be counted now"}, ${replayedBefore} were replayed before${bad.length > 0 ? `; still bad: ${bad.join(", ")}` : ""}.`,
    ...samples.map(({ reason, detail }) => `  ${reason}: ${detail}`),
    ...(notTaken > 0 ? [`The log did not take ${notTaken}: run the same again.`] : []),
    ...(effect.length > 0
      ? [
          table(
            ["metric", "events", "groups", "from", "to"],
            effect.map(({ metric, events, groups, panes }) => [
              metric,
              String(events),
              String(groups),
              isoOf(panes.fromMs),
              isoOf(panes.toExclusiveMs),
            ]),
          ),
        ]
      : []),
    ...(next === null ? [] : [`There are more: go on with --after ${next}`]),
    ...(applied || mended === 0 ? [] : ["Nothing was sent. --apply sends them."]),
  ].join("\n");
};

/** `freshet mend [FILE]`: dead letters, mended, go into the log again. */
export const registerMend = (program: Command): void => {
  withLetterOptions(withCommonOptions(program.command("mend")))
    .description(
      "mend dead letters and replay them under their own id and time; says first what that would do",
    )
    .argument(
      "[file]",
      "a TypeScript file with `export default mend((e) => ({ ... }))`; as they are without one",
    )
    .option("--place <place>", "this letter, also when it was replayed before; repeatable", collectPlaces, [])
    .option("--apply", "does it", false)
    .action(async (file: string | undefined, options: MendOptions) => {
      const mend = await readMend(file);
      const line = await openLine(options);
      try {
        await catchUp(line);
        const app = await currentApp(line.data.records);
        const intake = createIntake({ log: line.data.log, app, now: Date.now });
        const outcome = await openLetterDesk(line, app, intake).replay({
          chosen:
            options.place.length > 0
              ? { kind: "places", places: options.place }
              : { kind: "filter", filter: letterFilter(options) },
          mend,
          dryRun: !options.apply,
          who: `command line, ${userInfo().username}`,
        });
        createOutput(options.json, process, Date.now).result(documentOf(outcome), () =>
          textOf(outcome, options.apply),
        );
      } finally {
        await line.close();
      }
    });
};
