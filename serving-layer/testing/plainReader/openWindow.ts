import {
  type GroupKey,
  type Missing,
  mergeStates,
  OTHER_KEY,
  type ShardId,
  zeroStates,
} from "@freshet/model";
import { inRange } from "../../reader/live/part.js";
import { openGroups, type PlainView } from "./plainView.js";
import { addTo, type WindowGroup, type WindowSum } from "./windowSum.js";

/** A window's sum together with the open segments, as it stands now. */
export interface OpenWindow {
  get(key: GroupKey): WindowGroup | undefined;
  entries(): Iterable<readonly [GroupKey, WindowGroup]>;
  /** An increment after the cut, finished or open, touches the window. */
  readonly touched: boolean;
  /** What of the generation could not be read. */
  readonly missing: readonly Missing[];
  /** Shards whose `other` group holds something of the window. */
  readonly overflow: ReadonlySet<ShardId>;
}

export const openWindow = (view: PlainView, sum: WindowSum): OpenWindow => {
  const { measures, definition } = sum.metric;
  const open = new Map<GroupKey, WindowGroup>();
  const overflow = new Set<ShardId>();
  let touched = false;
  for (const { shard, paneMs, key, states } of openGroups(view, definition.hash)) {
    if (!inRange(paneMs, sum.range)) continue;
    touched = true;
    if (key === OTHER_KEY) {
      overflow.add(shard);
      continue;
    }
    if (!open.has(key)) {
      const finished = sum.groups.get(key);
      const copy = zeroStates(measures);
      open.set(key, { states: finished ? mergeStates(measures, copy, finished.states) : copy, ranks: [] });
    }
    addTo(measures, open, key, states);
  }
  const live = view.panes.of(definition.hash);
  for (const paneMs of live?.panes.keys() ?? []) touched ||= inRange(paneMs, sum.range);
  for (const [paneMs, shards] of live?.overflow ?? []) {
    if (!inRange(paneMs, sum.range)) continue;
    touched = true;
    for (const shard of shards) overflow.add(shard);
  }
  return {
    touched,
    overflow,
    missing: sum.missing,
    get: (key) => open.get(key) ?? sum.groups.get(key),
    *entries() {
      yield* open;
      for (const entry of sum.groups) if (!open.has(entry[0])) yield entry;
    },
  };
};
