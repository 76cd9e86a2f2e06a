import { createHash } from "node:crypto";
import type { Missing } from "@freshet/model";
import type { LiveView } from "./live/liveView.js";
import { isFinished, linkKey } from "./live/shardTail.js";

/** Equal for equal content: what stands, how far each shard was read, and what is missing. No clock, no process. */
export const viewVersion = (
  view: LiveView,
  scheduleRevision: number,
  generationMissing: readonly Missing[],
): string => {
  const shards = [...view.tails.values()]
    .map(({ shard, loaded, point }) => {
      const last = loaded.at(-1)?.link;
      const through = (last ? linkKey(last) : point)?.lastSequence ?? "";
      return `${shard} ${through} ${last ? isFinished(last) : true}`;
    })
    .sort();
  const missing = [...generationMissing, ...view.reached().missing].map((each) => JSON.stringify(each));
  const text = [
    view.pointerRevision,
    scheduleRevision,
    view.reached().batchThroughMs,
    ...shards,
    ...missing,
  ].join("\n");
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
};
