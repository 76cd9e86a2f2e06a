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
  // Before the key is looked for: new keys get their numbers by it.
  const overlay = live.overlayOf(parts);
  const id = live.keys.find(key);
  if (id === undefined) return;
  for (let node: LiveNode | null = live.newest(id); node !== null; node = node.earlier) {
    take(node.pane.startMs, node.states);
  }
  for (let entry = overlay.first(id); entry >= 0; entry = overlay.next(entry)) {
    const { paneMs, states } = overlay.group(entry);
    take(paneMs, states);
  }
};
