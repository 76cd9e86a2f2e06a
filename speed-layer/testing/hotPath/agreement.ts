import type { ClickAnswers } from "@freshet/simulators";
import type { LedgerCounts, Reason } from "@freshet/model";
import type { FoldedGroup } from "./foldedGroups.js";
import type { Segment } from "./pipeline.js";

export const totalCounts = (segments: readonly Segment[]): LedgerCounts => {
  const total = { records: 0, events: 0, accepted: 0, duplicates: 0 };
  const rejected: Partial<Record<Reason, number>> = {};
  for (const { counts } of segments) {
    total.records += counts.records;
    total.events += counts.events;
    total.accepted += counts.accepted;
    total.duplicates += counts.duplicates;
    for (const [reason, count] of Object.entries(counts.rejected) as [Reason, number][])
      rejected[reason] = (rejected[reason] ?? 0) + count;
  }
  return { ...total, rejected };
};

/** What is wrong with these increments, given the stream's known answers; null for nothing. */
export const faultAgainstAnswers = (
  segments: readonly Segment[],
  groupsOf: (body: Uint8Array) => readonly FoldedGroup[],
  { ledger, panes }: ClickAnswers,
): string | null => {
  const { events, accepted, duplicates, rejected } = totalCounts(segments);
  const counted = sortedText({ events, accepted, duplicates, ...rejected });
  const { records: _, rejected: expectedRejected, ...rest } = ledger;
  const expected = sortedText({ ...rest, ...expectedRejected });
  if (counted !== expected) return `counted ${counted}, not ${expected}`;
  const found = new Map<number, { views: number; dwellMs: number }>();
  for (const segment of segments) {
    for (const { paneMs, views, dwellMs } of groupsOf(segment.body)) {
      const pane = found.get(paneMs) ?? { views: 0, dwellMs: 0 };
      found.set(paneMs, pane);
      pane.views += views;
      pane.dwellMs += dwellMs;
    }
  }
  const sums = JSON.stringify([...found].sort(([a], [b]) => a - b));
  const expectedSums = JSON.stringify([...panes]);
  return sums === expectedSums ? null : `panes ${sums}, not ${expectedSums}`;
};

const sortedText = (counts: Readonly<Record<string, number>>): string =>
  JSON.stringify(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Where two lists of groups differ; null where they are equal. */
export const differenceOfGroups = (
  found: readonly FoldedGroup[],
  expected: readonly FoldedGroup[],
): string | null => {
  if (found.length !== expected.length) return `${found.length} groups, not ${expected.length}`;
  const byKey = new Map(expected.map((group) => [`${group.paneMs} ${group.key}`, textOf(group)]));
  for (const group of found) {
    const other = byKey.get(`${group.paneMs} ${group.key}`);
    if (textOf(group) !== other) return `${textOf(group)}, not ${other ?? "there"}`;
  }
  return null;
};

const textOf = ({ paneMs, key, views, dwellMs, readers, dwell }: FoldedGroup): string =>
  JSON.stringify([paneMs, key, views, dwellMs, readers, dwell]);
