import { StorageError } from "../../errors.js";
import { type BulkLimits, type BulkOperation, bulkFates, bulkRequests } from "./bulk.js";
import type { Cluster } from "./cluster.js";

export interface BulkPatience {
  /** Of one operation, the first time included. */
  readonly attemptsMax: number;
  readonly firstPauseMs: number;
  readonly pauseMsMax: number;
}

export interface BulkSettings {
  readonly patience: BulkPatience;
  readonly limits: BulkLimits;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

export const BULK_PATIENCE: BulkPatience = { attemptsMax: 6, firstPauseMs: 100, pauseMsMax: 5_000 };

export type SettledFate =
  | { readonly kind: "written" }
  | { readonly kind: "superseded" }
  | { readonly kind: "refused"; readonly reason: string };

const JITTER_SHARE = 0.5;
const HALVES_MIN = 2;

/**
 * Sends operations until each is written, superseded or refused; only those that the cluster had no room for, or whose answer was
 * lost, go again, ever later. @throws StorageError `unavailable` where some are left after the last attempt
 */
export const sendBulk = async <Operation extends BulkOperation>(
  cluster: Cluster,
  operations: readonly Operation[],
  { patience, limits, sleep, random }: BulkSettings,
): Promise<ReadonlyMap<Operation, SettledFate>> => {
  const settled = new Map<Operation, SettledFate>();
  const tried = "writing documents";

  const ask = (lines: string): Promise<unknown> =>
    cluster.send({ tried, method: "POST", path: "/_bulk", query: { refresh: false }, lines });

  /** What must go again, and why. */
  const sendOnce = async (
    some: readonly Operation[],
    lines: string,
  ): Promise<{ readonly left: readonly Operation[]; readonly reason: string }> => {
    let answer: unknown;
    try {
      answer = await ask(lines);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (error.kind === "unavailable") return { left: some, reason: error.message };
      if (error.kind === "full" || error.kind === "invalid") return divide(some, error);
      throw error;
    }
    const left: Operation[] = [];
    let reason = "";
    for (const [at, fate] of bulkFates(some, answer).entries()) {
      const operation = some[at] as Operation;
      if (fate.kind === "again") {
        left.push(operation);
        reason = fate.reason;
      } else settled.set(operation, fate);
    }
    return { left, reason };
  };

  /** A request that is refused whole is cut in two, until the one is found that it is refused for. */
  const divide = async (
    some: readonly Operation[],
    error: StorageError,
  ): Promise<{ readonly left: readonly Operation[]; readonly reason: string }> => {
    if (some.length < HALVES_MIN) {
      for (const one of some) settled.set(one, { kind: "refused", reason: error.message });
      return { left: [], reason: "" };
    }
    const half = Math.ceil(some.length / 2);
    const parts = [some.slice(0, half), some.slice(half)];
    const outcomes = [];
    for (const part of parts)
      for (const request of bulkRequests(part, limits))
        outcomes.push(await sendOnce(request.operations, request.lines));
    return {
      left: outcomes.flatMap(({ left }) => left),
      reason: outcomes.map(({ reason }) => reason).find(Boolean) ?? "",
    };
  };

  let waiting = operations;
  for (let attempt = 1; waiting.length > 0; attempt++) {
    const left: Operation[] = [];
    let last = "";
    for (const { operations: some, lines } of bulkRequests(waiting, limits)) {
      const outcome = await sendOnce(some, lines);
      left.push(...outcome.left);
      last = outcome.reason || last;
    }
    if (left.length > 0 && attempt >= patience.attemptsMax) {
      throw new StorageError(
        "unavailable",
        `${tried} at ${cluster.endpoint}: ${left.length} of ${operations.length} were not taken in ${attempt} attempts, lastly: ${last}; try again later, or give the cluster more room`,
      );
    }
    if (left.length > 0) {
      const pauseMs = Math.min(patience.pauseMsMax, patience.firstPauseMs * 2 ** (attempt - 1));
      await sleep(pauseMs * (1 - JITTER_SHARE * random()));
    }
    waiting = left;
  }
  return settled;
};
