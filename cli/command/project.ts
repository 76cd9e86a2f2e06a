import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { ownApp, parseDuration, type Schedule, SCHEDULE } from "@freshet/model";
import { createReader } from "@freshet/serving-layer";
import { savedObjects, searchPrefixOf } from "@freshet/storage";
import { EXIT, Failure } from "../output/failure.js";
import { createOutput, type Output } from "../output/print.js";
import { catchUp, type Line, openLine, takeOrRefuse } from "../wiring/line.js";
import { type CommonOptions, durationText, withCommonOptions } from "../wiring/options.js";
import { startProjection } from "../wiring/projection.js";
import { untilStopped } from "../wiring/untilStopped.js";

interface ProjectOptions extends CommonOptions {
  readonly once: boolean;
  readonly rebuild?: string;
  readonly savedObjects?: string;
}

const writeSavedObjects = async (line: Line, file: string, output: Output): Promise<void> => {
  const schedule = await line.data.records.get<Schedule>(SCHEDULE);
  const app = schedule?.value.revisions.at(-1)?.app;
  if (!app)
    throw new Failure("no app is published yet: start `freshet speed` or `freshet dev` once.", EXIT.refused);
  const objects = savedObjects(searchPrefixOf(line.store), ownApp(app).metrics);
  await writeFile(file, `${objects.map((object) => JSON.stringify(object)).join("\n")}\n`);
  output.result({ file, objects: objects.length }, () => `Wrote ${objects.length} saved objects to ${file}.`);
};

const project = async (line: Line, options: ProjectOptions, output: Output): Promise<void> => {
  const once = options.once || options.rebuild !== undefined;
  await takeOrRefuse(line, "project");
  if (once) await catchUp(line);
  const { data, logger } = line;
  const reader = await createReader({ data, duckdb: await line.duckdb(), logger, now: Date.now });
  try {
    const reopenMs = options.rebuild === undefined ? undefined : parseDuration(options.rebuild);
    const projection = await startProjection(line, reader, reopenMs);
    try {
      if (!once) output.note(`Projecting to ${projection.places.join(" and ")}.`);
      const totals = once
        ? await projection.running.caughtUp()
        : await untilStopped().then(() => projection.running.totals());
      output.result(totals, () => `Wrote ${totals.written} documents and ${totals.letters} dead letters.`);
    } finally {
      await projection.stop();
    }
  } finally {
    await reader.close();
  }
};

/** `freshet project`: the newest answers as documents, in OpenSearch or in the store's own tables. */
export const registerProject = (program: Command): void => {
  withCommonOptions(program.command("project"))
    .description(
      "keep the first keys of each metric as documents, in OpenSearch or in the store's own tables",
    )
    .option("--once", "stop when all documents are as the answers", false)
    .option(
      "--rebuild <duration>",
      "make the documents of windows that ended within this long, such as 7d, and stop",
      durationText,
    )
    .option(
      "--saved-objects <file>",
      "write index patterns, searches and a dashboard of each metric for OpenSearch Dashboards, and stop",
    )
    .action(async (options: ProjectOptions) => {
      const output = createOutput(options.json, process, Date.now);
      const line = await openLine(options);
      try {
        if (options.savedObjects === undefined) await project(line, options, output);
        else await writeSavedObjects(line, options.savedObjects, output);
      } finally {
        await line.close();
      }
    });
};
