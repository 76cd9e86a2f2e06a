import type { Missing } from "@freshet/model";
import type { Catalog } from "../catalog.js";
import type { LiveView } from "../live/liveView.js";
import { countsAnything } from "../live/shardTail.js";

/** Shards that were not folded for this definition: by the generation, or by segments after its cut that count anything. */
export const notFolded = (view: LiveView, catalog: Catalog, hash: string): Missing[] => {
  const { manifest } = view;
  const missing = new Map<string, Missing>();
  const name = (shard: string, throughSequence: string): void => {
    missing.set(shard, { kind: "metric_not_folded", shard, throughSequence });
  };
  if (manifest && !manifest.metrics[hash]) {
    for (const [shard, { lastSequence }] of Object.entries(manifest.cut)) name(shard, lastSequence);
  }
  for (const tail of view.tails.values()) {
    for (const [revision, through] of tail.revisions) {
      if (!catalog.folds(revision, hash)) name(tail.shard, through);
    }
    for (const { link } of tail.loaded) {
      if (countsAnything(link) && !catalog.folds(link.record.revision, hash))
        name(tail.shard, link.record.lastSequence);
    }
  }
  return [...missing.values()];
};
