import type { Group, ShardId } from "@freshet/model";
import type { LiveView } from "../../reader/live/liveView.js";
import type { PanesByTime } from "./panesByTime.js";

export type PlainView = LiveView<PanesByTime>;

export interface OpenGroup extends Group {
  readonly shard: ShardId;
}

/** The groups of what has been read and may still grow: the open segments' share of a metric. */
export const openGroups = (view: PlainView, definition: string): readonly OpenGroup[] =>
  view.parts().flatMap(({ shard, increment }) => {
    const metric = increment.metrics.find((each) => each.definition === definition);
    return metric?.groups.map((group) => ({ shard, ...group })) ?? [];
  });
