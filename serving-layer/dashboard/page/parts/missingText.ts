import type { Missing, Status } from "@freshet/model";
import { secondText } from "../text/format.js";

export const STATUS_WORDS: Readonly<Record<Status, { readonly word: string; readonly means: string }>> = {
  settled: { word: "Settled", means: "Exact: batch has counted everything that arrived through the cut." },
  live: {
    word: "Live",
    means:
      "Includes what came in after the cut. Never below the truth; late duplicates may still be taken out.",
  },
  partial: { word: "Partial", means: "Something is missing, and this is what:" },
};

export const shortShard = (shard: string): string => shard.replace(/^shardId-0*(?=\d)/, "shard ");

/** One line for each thing that an answer misses; a time of another day than `nowMs` says its day. */
export const missingText = (missing: Missing, nowMs: number): string => {
  switch (missing.kind) {
    case "shard":
      return `${shortShard(missing.shard)}: ${missing.detail}`;
    case "segments":
      return `${shortShard(missing.shard)}: segments are missing (${missing.detail})`;
    case "stale_tip":
      return missing.lastSeen === null
        ? `${shortShard(missing.shard)}: no worker has reached its end yet`
        : `${shortShard(missing.shard)}: no worker at its end since ${secondText(missing.lastSeen, nowMs)}`;
    case "metric_not_folded":
      return `${shortShard(missing.shard)}: this metric is newer than what was counted`;
    case "overflow":
      return `${shortShard(missing.shard)}: more groups than the metric names; batch will settle them`;
    case "gap":
      return `${shortShard(missing.shard)}: the log was trimmed before it was read`;
    case "unaudited":
      return `${shortShard(missing.shard)}: not audited (${missing.detail})`;
    case "written_off":
      return `${shortShard(missing.shard)}: records were given up for good (${missing.reason})`;
    case "generation":
      return `the batch generation cannot be read: ${missing.detail}`;
  }
};
