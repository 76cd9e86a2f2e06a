import type { GenerationResult, GenerationRun } from "../run/makeGeneration.js";
import type { SparkEngine } from "./engine.js";
import { jobName, sparkJobOf } from "./jobArguments.js";
import { planJob } from "./planJob.js";
import { firstJobOf, takeJob } from "./takeJob.js";

/** Runs a step with tables of its own. */
export const onOwnTables = async <T>(
  run: GenerationRun,
  step: (run: GenerationRun) => Promise<T>,
): Promise<T> => {
  const db = await run.target.db.connect();
  try {
    return await step({ ...run, target: { ...run.target, db } });
  } finally {
    await db.close();
  }
};

/** As `makeGeneration`, with all that reads events done by Spark; the books are compared here. */
export const makeSparkGeneration = async (
  run: GenerationRun,
  engine: SparkEngine,
): Promise<GenerationResult> => {
  const { generation } = run;
  const planned = await onOwnTables(run, (own) => planJob(own, firstJobOf(run)));
  for (let { job } = planned; ; job++) {
    run.step("counting");
    await engine.run(sparkJobOf(engine.lakeUri, jobName({ generation, job })), run.signal);
    const taken = await onOwnTables(run, (own) => takeJob(own, { generation, job }));
    if (taken.kind !== "again") return taken;
  }
};
