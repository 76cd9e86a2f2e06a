import type { SeriesAnswer, TopAnswer, ValueAnswer } from "@freshet/model";
import type { Reader, StatusAnswer } from "../reader/reader.js";

const frame = {
  status: "live",
  covers: { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T01:00:00.000Z" },
  batchThrough: null,
  missing: [],
  errorBound: {},
  metric: "visits",
} as const;

export const aTop = (overrides: Partial<TopAnswer> = {}): TopAnswer => ({
  ...frame,
  window: "1h",
  at: "2026-01-01T00:59:59.000Z",
  atDefaulted: true,
  by: "views",
  rows: [{ key: { page: "x" }, values: { views: 1 }, score: null }],
  ...overrides,
});

const aSeries = (overrides: Partial<SeriesAnswer> = {}): SeriesAnswer => ({
  ...frame,
  key: { page: "x" },
  step: "1m",
  points: [],
  ...overrides,
});

const aValue: ValueAnswer = { ...frame, key: { page: "x" }, values: { views: 1 }, score: null };

const ledger = { records: 1, events: 1, accepted: 1, duplicates: 0, conflicts: 0, rejected: {} };
const aStatus: StatusAnswer = {
  now: frame.covers.to,
  batchThrough: null,
  newestEvent: null,
  missing: [],
  ledger,
  settledLedger: ledger,
  shards: [],
  cut: {},
  generation: null,
  freshnessMs: null,
  disagreements: [],
  writeOffs: [],
};

/** A reader that answers what a test gives it, and counts how often it is asked. */
export interface FakeReader extends Reader {
  readonly asked: { top: number; series: number };
  /** The next answers; the version moves, and listeners are told. */
  change(top: Partial<TopAnswer> | Error): void;
}

export const createFakeReader = (): FakeReader => {
  const listeners = new Set<() => void>();
  const asked = { top: 0, series: 0 };
  let top: TopAnswer | Error = aTop();
  let version = 1;
  return {
    asked,
    metrics: () => [],
    async top() {
      asked.top++;
      if (top instanceof Error) throw top;
      return top;
    },
    async series() {
      asked.series++;
      return aSeries();
    },
    value: async () => aValue,
    expected: async () => ({
      metric: "visits",
      measure: "views",
      key: { page: "x" },
      step: "1m",
      missing: [],
      points: [],
    }),
    definitions: () => [],
    moment: () => Promise.reject(new Error("not asked of a fake")),
    schedule: () => null,
    status: () => aStatus,
    version: () => `v${version}`,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => undefined,
    change(next) {
      top = next instanceof Error ? next : aTop(next);
      version++;
      for (const listener of listeners) listener();
    },
  };
};
