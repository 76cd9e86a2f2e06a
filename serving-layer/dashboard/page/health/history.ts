import { computed, effect, signal } from "@preact/signals";
import { status } from "../state/server.js";
import { p99 } from "./quantile.js";

/** As far back as is kept, since this page was first opened. */
const KEPT_MS = 5 * 60_000;

interface Sample {
  readonly atMs: number;
  /** Null: no worker stood at the end of some shard. */
  readonly freshnessMs: number | null;
  readonly rates: ReadonlyMap<string, number>;
}

const samples = signal<readonly Sample[]>([]);

effect(() => {
  const { value } = status;
  if (value === null) return;
  const atMs = Date.parse(value.now);
  const kept = samples.peek().filter((sample) => sample.atMs > atMs - KEPT_MS && sample.atMs < atMs);
  samples.value = [
    ...kept,
    {
      atMs,
      freshnessMs: value.freshnessMs,
      rates: new Map(value.shards.map(({ shard, eventsPerSecond }) => [shard, eventsPerSecond])),
    },
  ];
});

export interface Freshness {
  readonly p99Ms: number | null;
  readonly worstMs: number | null;
  readonly spanMs: number;
  readonly points: readonly (number | null)[];
}

export const freshness = computed<Freshness>(() => {
  const all = samples.value;
  const known = all.flatMap(({ freshnessMs }) => freshnessMs ?? []);
  return {
    p99Ms: p99(known),
    worstMs: known.length === 0 ? null : Math.max(...known),
    spanMs: (all.at(-1)?.atMs ?? 0) - (all[0]?.atMs ?? 0),
    points: all.map(({ freshnessMs }) => freshnessMs),
  };
});

export const ratesOf = (shard: string): readonly number[] =>
  samples.value.map(({ rates }) => rates.get(shard) ?? 0);
