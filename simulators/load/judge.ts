import type { LoadResult } from "./runLoad.js";
import type { Held } from "./search.js";

/** Of what was meant to be sent: the rest came too late to say that the rate was held. */
const BEHIND_MS_MAX = 1_000;
const PROBES_SEEN_MIN = 0.99;

/** Why a run did not hold its rate; null: it did. */
export const whyNotHeld = (
  { counts, freshness, probes, correctness, durationMs, settledMs }: LoadResult,
  { freshnessP99MsMax }: Held,
): string | null => {
  if (counts.failed > 0) return `${counts.failed} events failed`;
  if (correctness.verdict === "wrong") return `counted otherwise: ${correctness.differences[0] ?? ""}`;
  if (counts.behindMaxMs > BEHIND_MS_MAX) return `sending fell ${Math.round(counts.behindMaxMs)} ms behind`;
  if (settledMs > durationMs + BEHIND_MS_MAX)
    return `the last outcome came ${Math.round(settledMs - durationMs)} ms after the end`;
  if (probes.seen < probes.sent * PROBES_SEEN_MIN)
    return `${probes.sent - probes.seen} of ${probes.sent} probes were never seen`;
  if (freshness.p99Ms > freshnessP99MsMax)
    return `freshness p99 ${Math.round(freshness.p99Ms)} ms, over ${freshnessP99MsMax}`;
  return null;
};
