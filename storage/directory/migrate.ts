import { resolve } from "node:path";
import { asStorageError, StorageError } from "../errors.js";
import { openEnvironment } from "../lmdb/environment.js";
import { FORMAT_VERSION, readFormat, requireThisFormat, writeFormat } from "./format.js";
import { type Layout, layoutOf } from "./layout.js";

/** Brings a data directory from one format to the next; must bear being run again after a crash. */
export interface Migration {
  readonly from: number;
  /** For the user: what changes. */
  readonly description: string;
  run(layout: Layout): Promise<void>;
}

/** By format, one step each. Format 1 is the first. */
const MIGRATIONS: readonly Migration[] = [];

export interface MigrationReport {
  readonly from: number;
  readonly to: number;
  readonly steps: readonly string[];
  readonly done: boolean;
}

export interface MigrateOptions {
  /** Says what would be done, and changes nothing. */
  readonly dryRun: boolean;
  readonly migrations?: readonly Migration[];
  readonly target?: number;
}

const requireAlone = async (dir: string, layout: Layout): Promise<void> => {
  for (const part of [layout.log, layout.tables]) {
    const environment = await openEnvironment(part, { create: false });
    const others = environment.otherProcesses();
    await environment.close();
    if (others.length > 0) {
      throw new StorageError(
        "in_use",
        `${dir} is in use by process ${others.join(", ")}; nothing was changed; stop it, then migrate`,
      );
    }
  }
};

const pathFrom = (
  dir: string,
  from: number,
  to: number,
  migrations: readonly Migration[],
): readonly Migration[] =>
  Array.from({ length: to - from }, (_, index) => {
    const step = migrations.find((migration) => migration.from === from + index);
    if (!step) {
      throw new StorageError(
        "other_version",
        `${dir} has data format ${from}, and no migration leads from ${from + index} to ${from + index + 1}; nothing was changed; replay into a new directory`,
      );
    }
    return step;
  });

/** Brings a data directory to this version's format, step by step. Back it up first. */
export const migrateDataDirectory = async (
  directory: string,
  { dryRun, migrations = MIGRATIONS, target = FORMAT_VERSION }: MigrateOptions,
): Promise<MigrationReport> => {
  const dir = resolve(directory);
  const layout = layoutOf(dir);
  const format = await readFormat(dir);
  if (!format) throw new StorageError("missing", `there is no data directory at ${dir}; check the path`);
  const from = format.version;
  if (from > target) requireThisFormat(dir, from);
  const steps = pathFrom(dir, from, target, migrations);
  const report = { from, to: target, steps: steps.map((step) => step.description) };
  if (dryRun || steps.length === 0) return { ...report, done: false };
  await requireAlone(dir, layout);
  for (const step of steps) {
    try {
      await step.run(layout);
    } catch (error) {
      throw asStorageError(error, `migrating ${dir} from format ${step.from}`);
    }
    await writeFormat(dir, step.from + 1);
  }
  return { ...report, done: true };
};
