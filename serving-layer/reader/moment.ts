import {
  type EpochMs,
  type Group,
  type GroupStates,
  mergeStates,
  type ShardId,
  zeroStates,
} from "@freshet/model";
import type { Metric } from "./catalog.js";
import type { LiveNode } from "./live/livePanes.js";
import { NO_ID, type Part } from "./live/part.js";
import { touchedPanes } from "./live/touched.js";
import type { Moment } from "./momentView.js";
import type { Session } from "./session.js";

/** What was not taken yet, by number of the key and pane, put together. */
const openGroups = (
  { measures }: Metric,
  parts: readonly Part[],
  groupsOf: ReturnType<Session["live"]>["groupsOf"],
): Map<number, Map<EpochMs, GroupStates>> => {
  const open = new Map<number, Map<EpochMs, GroupStates>>();
  for (const { increment } of parts) {
    const part = groupsOf(increment);
    if (!part) continue;
    for (const [at, { paneMs, states }] of part.groups.entries()) {
      const id = part.ids[at] as number;
      if (id === NO_ID) continue;
      const panes = open.get(id) ?? new Map<EpochMs, GroupStates>();
      open.set(id, panes);
      panes.set(paneMs, mergeStates(measures, panes.get(paneMs) ?? zeroStates(measures), states));
    }
  }
  return open;
};

const nodeOf = (newest: LiveNode | null, paneMs: EpochMs): LiveNode | null => {
  let node = newest;
  while (node !== null && node.pane.startMs !== paneMs) node = node.earlier;
  return node;
};

function* groupsOf(session: Session, metric: Metric): Generator<Group> {
  const live = session.live(metric);
  const { measures } = metric;
  const open = openGroups(metric, session.view.parts(), live.groupsOf);
  for (const [paneMs, { ids }] of live.panes) {
    for (const id of ids) {
      const node = nodeOf(live.newest(id), paneMs);
      if (node === null) continue;
      const more = open.get(id)?.get(paneMs);
      open.get(id)?.delete(paneMs);
      const states = more ? mergeStates(measures, more, node.states) : node.states;
      yield { paneMs, key: live.keys.keyOf(id), states };
    }
  }
  for (const [id, panes] of open) {
    for (const [paneMs, states] of panes) yield { paneMs, key: live.keys.keyOf(id), states };
  }
}

const overflowOf = (session: Session, metric: Metric): ReadonlyMap<EpochMs, ReadonlySet<ShardId>> => {
  const live = session.live(metric);
  const overflow = new Map<EpochMs, Set<ShardId>>();
  const note = (paneMs: EpochMs, shards: Iterable<ShardId>): void => {
    overflow.set(paneMs, new Set([...(overflow.get(paneMs) ?? []), ...shards]));
  };
  for (const [paneMs, shards] of live.overflow) note(paneMs, shards);
  for (const { shard, increment } of session.view.parts()) {
    for (const paneMs of live.groupsOf(increment)?.otherPanes ?? []) note(paneMs, [shard]);
  }
  return overflow;
};

/** @param session must not move while the moment is in use */
export const momentOf = (session: Session, version: string, metricOf: (name: string) => Metric): Moment => {
  const { manifest } = session.view;
  return {
    version,
    generation: manifest?.generation ?? null,
    newestMs: session.newestMs(),
    batchThroughMs: session.view.reached().batchThroughMs,
    metric(name) {
      const metric = metricOf(name);
      const overflow = overflowOf(session, metric);
      const shards = new Set([...overflow.values()].flatMap((each) => [...each]));
      return {
        definition: metric.definition,
        files: manifest?.metrics[metric.definition.hash]?.files ?? [],
        overflow,
        touched: () => touchedPanes(session.live(metric), session.view.parts()),
        groups: () => groupsOf(session, metric),
        standing: (touched) => session.standing(metric, touched, { overflow: shards, missing: [] }),
      };
    },
  };
};
