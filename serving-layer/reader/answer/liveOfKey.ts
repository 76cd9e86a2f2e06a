import type { EpochMs, GroupKey } from "@freshet/model";
import type { LiveMetric, LiveNode } from "../live/livePanes.js";
import type { Part } from "../live/part.js";

/** What came after the cut for one key: what was taken, then the parts. */
export const eachLive = (
  live: LiveMetric,
  parts: readonly Part[],
  key: GroupKey,
  take: (paneMs: EpochMs, states: readonly unknown[]) => void,
): void => {
  // Before the key is looked for: a part's new keys get their numbers by it.
  const groups = parts.map(({ increment }) => live.groupsOf(increment));
  const id = live.keys.find(key);
  if (id === undefined) return;
  for (let node: LiveNode | null = live.newest(id); node !== null; node = node.earlier) {
    take(node.pane.startMs, node.states);
  }
  for (const of of groups) of?.each(id, take);
};
