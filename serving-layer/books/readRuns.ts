import { RUNS_PREFIX, type RunRecord } from "@freshet/model";
import type { RunsAnswer } from "./answers.js";
import type { BookStores } from "./standing.js";

/** The batch runs that are on record. */
export const readRuns = async ({ records }: BookStores): Promise<RunsAnswer> => {
  const stored = await records.list<RunRecord>(RUNS_PREFIX);
  const runs = stored.map(({ document }) => document.value).sort((a, b) => (a.id < b.id ? 1 : -1));
  return {
    runs: runs.map(({ startedMs, expiresMs, attempts, ...run }) => ({
      ...run,
      started: new Date(startedMs).toISOString(),
      expires: new Date(expiresMs).toISOString(),
      attempts: attempts.map(({ startedMs: began, ...attempt }) => ({
        started: new Date(began).toISOString(),
        ...attempt,
      })),
    })),
  };
};
