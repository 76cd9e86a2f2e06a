import type { EpochMs } from "@freshet/model";
import { resolve } from "node:path";
import type { Command } from "commander";
import { readLedger } from "@freshet/serving-layer";
import { backupDataDirectory, migrateDataDirectory, restoreDataDirectory } from "@freshet/storage";
import { EXIT, Failure } from "../output/failure.js";
import { ledgerText } from "../output/ledger.js";
import { createOutput } from "../output/print.js";
import { catchUp, openLine } from "../wiring/line.js";
import { type CommonOptions, withCommonOptions } from "../wiring/options.js";

/** `freshet migrate`, `backup` and `restore`: the data directory as a whole. */
export const registerDirectory = (program: Command): void => {
  withCommonOptions(program.command("migrate"))
    .description("bring a data directory to this version's format; says what it would do unless told to")
    .option("--apply", "do it, instead of the dry run", false)
    .action(async (options: CommonOptions & { readonly apply: boolean }) => {
      const result = await migrateDataDirectory(resolve(options.data), { dryRun: !options.apply });
      createOutput(options.json, process, Date.now).result(result, () =>
        result.steps.length === 0
          ? `${options.data} is of this version's format already.`
          : `${options.apply ? "Did" : "Would do"}:\n${result.steps.map((step) => `  ${step}`).join("\n")}`,
      );
    });

  withCommonOptions(program.command("backup"))
    .description("copy a data directory, consistently, while it is in use")
    .argument("<target>", "a directory that does not exist yet")
    .action(async (target: string, options: CommonOptions) => {
      const line = await openLine(options);
      try {
        if (line.store.kind !== "directory")
          throw new Failure(
            "backup copies a data directory; on AWS, use the services' own backups.",
            EXIT.usage,
          );
        await catchUp(line);
        await backupDataDirectory(line.directory, resolve(target));
        const ledger = await readLedger(line.data, Date.now() as EpochMs);
        createOutput(options.json, process, Date.now).result(
          { target: resolve(target), ledger },
          () => `Copied to ${resolve(target)}.\n${ledgerText(ledger)}`,
        );
      } finally {
        await line.close();
      }
    });

  withCommonOptions(program.command("restore"))
    .description("make a data directory from a backup, and prove by the ledger that all is there")
    .argument("<source>", "the backup")
    .action(async (source: string, options: CommonOptions) => {
      await restoreDataDirectory(resolve(source), resolve(options.data));
      const ledgers = [];
      for (const data of [source, options.data]) {
        const line = await openLine(options, undefined, { kind: "directory", dir: resolve(data) });
        try {
          await catchUp(line);
          ledgers.push(await readLedger(line.data, Date.now() as EpochMs));
        } finally {
          await line.close();
        }
      }
      const [before, after] = ledgers;
      if (JSON.stringify(before) !== JSON.stringify(after) || !after) {
        throw new Failure(
          `the restored ledger differs from the backup's: do not use ${options.data}`,
          EXIT.unbalanced,
        );
      }
      createOutput(options.json, process, Date.now).result(
        { ledger: after, equal: true },
        () => `Restored; the ledger equals the backup's.\n${ledgerText(after)}`,
      );
    });
};
