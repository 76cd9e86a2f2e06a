import { columnValue, decodeParts, type Group, type MetricDefinition } from "@freshet/model";
import type { ColumnValues, RowBatch } from "./process/messages.js";

/** Groups to a batch: it takes a few ms to make, and to send. */
const BATCH_ROWS = 1_024;
const VALUE_BYTES = 8;

/** What may still be copied, over all metrics of a statement. */
export interface LiveBudget {
  groups: number;
  bytes: number;
}

/** More came in after the cut than a statement may read. */
export class LiveTooLarge extends Error {
  override readonly name = "LiveTooLarge";
}

/** First and last pane of what was copied; null: nothing. */
export type LivePanes = { readonly firstMs: number; readonly lastMs: number } | null;

export interface LiveCopy {
  readonly panes: LivePanes;
  readonly batches: readonly RowBatch[];
}

interface Lists {
  readonly ends: number[];
  readonly values: number[];
}

/** A batch's columns while they grow: the pane, the key's parts, the measures; bins after their counts. */
const createBatch = (metric: MetricDefinition) => {
  const panes: number[] = [];
  const keys: (string | number | boolean | null)[][] = metric.by.map(() => []);
  const plain = metric.measures.map((): (number | bigint | null)[] => []);
  const lists = metric.measures.map((): Lists => ({ ends: [], values: [] }));
  const bins = metric.measures.map((): Lists => ({ ends: [], values: [] }));
  let bytes = 0;

  const addList = (into: Lists, values: Iterable<number>): void => {
    for (const value of values) into.values.push(value);
    into.ends.push(into.values.length);
    bytes += VALUE_BYTES;
  };
  const addState = (index: number, state: unknown): void => {
    const { spec } = metric.measures[index] as MetricDefinition["measures"][number];
    const value = columnValue(spec, state);
    if (typeof value !== "object" || value === null) {
      plain[index]?.push(value);
      bytes += VALUE_BYTES;
      return;
    }
    bytes += value.length * VALUE_BYTES;
    const list = lists[index] as Lists;
    if (spec.kind !== "quantiles") return addList(list, value);
    addList(
      bins[index] as Lists,
      value.filter((_, at) => at % 2 === 0),
    );
    addList(
      list,
      value.filter((_, at) => at % 2 === 1),
    );
  };
  const listed = ({ ends, values }: Lists): ColumnValues => ({
    kind: "lists",
    ends: Uint32Array.from(ends),
    values: Float64Array.from(values),
  });
  return {
    rows: () => panes.length,
    bytes: () => bytes,
    add({ paneMs, key, states }: Group): void {
      panes.push(paneMs);
      bytes += VALUE_BYTES + key.length;
      for (const [index, part] of decodeParts(key).entries()) keys[index]?.push(part);
      for (const [index, state] of states.entries()) addState(index, state);
    },
    taken: (): RowBatch => ({
      rows: panes.length,
      columns: [
        { kind: "values", values: panes },
        ...keys.map((values): ColumnValues => ({ kind: "values", values })),
        ...metric.measures.flatMap(({ spec }, index): ColumnValues[] => {
          if (spec.kind === "quantiles") return [listed(lists[index] as Lists), listed(bins[index] as Lists)];
          if (spec.kind === "countDistinct") return [listed(lists[index] as Lists)];
          return [{ kind: "values", values: plain[index] as (number | bigint | null)[] }];
        }),
      ],
    }),
  };
};

/**
 * Copies groups, letting others run in between.
 *
 * @throws LiveTooLarge past the budget
 */
export const copyLive = async (
  metric: MetricDefinition,
  groups: Iterable<Group>,
  left: LiveBudget,
  pause: () => Promise<unknown>,
): Promise<LiveCopy> => {
  const batches: RowBatch[] = [];
  let batch = createBatch(metric);
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  const take = (): void => {
    left.groups -= batch.rows();
    left.bytes -= batch.bytes();
    if (left.groups < 0 || left.bytes < 0) throw new LiveTooLarge();
    if (batch.rows() > 0) batches.push(batch.taken());
    batch = createBatch(metric);
  };
  for (const group of groups) {
    firstMs = Math.min(firstMs, group.paneMs);
    lastMs = Math.max(lastMs, group.paneMs);
    batch.add(group);
    if (batch.rows() < BATCH_ROWS) continue;
    take();
    await pause();
  }
  take();
  return { panes: lastMs < firstMs ? null : { firstMs, lastMs }, batches };
};
