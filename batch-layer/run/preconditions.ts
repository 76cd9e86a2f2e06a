import type { CheckedPrecondition, Disagreement, Precondition } from "@freshet/model";
import { batchReadiness, type ReadinessInput } from "./readiness.js";
import type { RunLogger } from "./runLogger.js";

/** An hour is waited for so long after its end: a run begins a little later than whoever looked whether it may. */
const DUE_AFTER_MS = 600_000;
/** More are counted, and not named. */
const NAMED_MAX = 5;

const named = (each: readonly string[]): string =>
  each.length <= NAMED_MAX
    ? each.join(", ")
    : `${each.slice(0, NAMED_MAX).join(", ")} and ${each.length - NAMED_MAX} more`;

const instant = (ms: number | undefined): string =>
  ms !== undefined && Number.isFinite(ms) && ms >= 0
    ? `landed through ${new Date(ms).toISOString()}`
    : "nothing landed yet";

/** Whether the last whole hour has landed in every shard. */
export const checkLanded = (
  input: ReadinessInput,
  requires: readonly Precondition[],
): CheckedPrecondition => {
  const readiness = batchReadiness({ ...input, nowMs: input.nowMs - DUE_AFTER_MS });
  const hour = new Date(readiness.throughMs).toISOString();
  const common = { name: "landed", required: requires.includes("landed") } as const;
  switch (readiness.kind) {
    case "settled":
      return { ...common, holds: true, detail: `what arrived before ${hour} is settled` };
    case "ready":
      return { ...common, holds: true, detail: `what arrived before ${hour} has landed` };
    case "waiting": {
      const shards = readiness.shards.map(
        (shard) => `${shard} (${instant(input.landedThroughMs.get(shard))})`,
      );
      return { ...common, holds: false, detail: `before ${hour} lack ${named(shards)}` };
    }
  }
};

/** Whether both tiers' books agree as far as both have read. */
export const checkBalanced = (
  disagreements: readonly Disagreement[],
  requires: readonly Precondition[],
): CheckedPrecondition => {
  const common = { name: "balanced", required: requires.includes("balanced") } as const;
  if (disagreements.length === 0)
    return { ...common, holds: true, detail: "speed and batch counted the same" };
  const segments = disagreements.map(({ shard, tick, ordinal }) => `${shard} at segment ${tick}.${ordinal}`);
  return { ...common, holds: false, detail: `speed and batch differ in ${named(segments)}` };
};

/** Tells what was found; whether the run is to publish nothing for it. */
export const lacks = (
  {
    logger,
    onPrecondition,
  }: { readonly logger: RunLogger; readonly onPrecondition?: (checked: CheckedPrecondition) => void },
  checked: CheckedPrecondition,
): boolean => {
  onPrecondition?.(checked);
  if (!checked.holds) logger.warn({ required: checked.required }, `not ${checked.name}: ${checked.detail}`);
  return checked.required && !checked.holds;
};
