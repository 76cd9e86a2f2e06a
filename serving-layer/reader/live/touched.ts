import type { EpochMs, ShardId, TimeRange } from "@freshet/model";
import type { LiveMetric } from "./livePanes.js";
import { inRange, type Part } from "./part.js";

/** What came after the cut for a range, whatever the key. */
export interface Touch {
  /** An increment, taken or not, touches it. */
  readonly touched: boolean;
  /** Shards whose `other` group holds something of it. */
  readonly overflow: ReadonlySet<ShardId>;
}

export const touchOf = (live: LiveMetric, parts: readonly Part[], range: TimeRange): Touch => {
  const overflow = new Set<ShardId>();
  let touched = false;
  for (const paneMs of live.panes.keys()) touched ||= inRange(paneMs, range);
  for (const [paneMs, shards] of live.overflow) {
    if (!inRange(paneMs, range)) continue;
    touched = true;
    for (const shard of shards) overflow.add(shard);
  }
  for (const { shard, increment } of parts) {
    const groups = live.groupsOf(increment);
    if (groups === null) continue;
    for (const paneMs of groups.panes) touched ||= inRange(paneMs, range);
    for (const paneMs of groups.otherPanes) {
      if (!inRange(paneMs, range)) continue;
      touched = true;
      overflow.add(shard);
    }
  }
  return { touched, overflow };
};

/** Every pane that is touched. */
export const touchedPanes = (live: LiveMetric, parts: readonly Part[]): ReadonlySet<EpochMs> => {
  const touched = new Set<EpochMs>([...live.panes.keys(), ...live.overflow.keys()]);
  for (const { increment } of parts) {
    const groups = live.groupsOf(increment);
    for (const paneMs of groups?.panes ?? []) touched.add(paneMs);
    for (const paneMs of groups?.otherPanes ?? []) touched.add(paneMs);
  }
  return touched;
};
