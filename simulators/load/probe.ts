import type { Client, TopAnswer } from "@freshet/client";
import { createRandom } from "../random/random.js";
import type { EventSource, ProbePlan } from "../workloads/source.js";
import { createLatencies, type LatencyPoint, type LatencySummary } from "./latencies.js";

/** Events of their own, sent with the others, whose way from `emit` to the live stream is timed. */
export interface Probes {
  /** The probes' events, to be driven like others. */
  readonly source: EventSource;
  /** Follows the live stream, from before the first is sent. `openedMs`: elapsed time of the source's start. */
  follow(startMs: number): void;
  readonly sent: number;
  readonly seen: number;
  freshness(): LatencySummary;
  distribution(): readonly LatencyPoint[];
  /** By second in which a probe was meant to be sent: the longest that one took, and how many were never seen. */
  seconds(): readonly FreshSecond[];
  close(): Promise<void>;
}

export interface FreshSecond {
  readonly second: number;
  readonly maxMs: number;
  readonly unseen: number;
}

export interface ProbeOptions {
  readonly client: Client;
  readonly plan: ProbePlan;
  readonly seed: number;
  /** Sets this run's probes apart from those of others. */
  readonly run: string;
  readonly fromMs: number;
  readonly durationMs: number;
  /** Probes that are due before do not count in `freshness`. */
  readonly warmUpMs: number;
  readonly elapsedMs: () => number;
  /** Milliseconds between probes, on average. */
  readonly everyMs: number;
}

/** A lane has one probe after the other: as many as are apart by more than a fresh answer's age. */
const LANES = 64;
const EVENT_BYTES_MAX = 1_024;
const MS_PER_SECOND = 1_000;
const WINDOW = "1h";

interface Lane {
  readonly dueMs: number[];
  seen: number;
}

/** At random moments, so that no beat of the line's hides from them. */
const momentsOf = ({ seed, durationMs, everyMs }: ProbeOptions): readonly number[] => {
  const random = createRandom(seed, "probes");
  return Array.from(
    { length: Math.floor(durationMs / everyMs) },
    (_, index) => (index + random.unit()) * everyMs,
  );
};

export const createProbes = (options: ProbeOptions): Probes => {
  const { client, plan, run, fromMs, warmUpMs, elapsedMs } = options;
  const moments = momentsOf(options);
  const lanes = Array.from({ length: LANES }, (): Lane => ({ dueMs: [], seen: 0 }));
  const latencies = createLatencies();
  const bySecond = new Map<number, { maxMs: number; unseen: number }>();
  const encoder = new TextEncoder();
  const stop = new AbortController();
  let sent = 0;
  let seen = 0;
  let following: Promise<void> = Promise.resolve();

  const secondOf = (dueMs: number) => {
    const second = Math.floor(dueMs / MS_PER_SECOND);
    const found = bySecond.get(second) ?? { maxMs: 0, unseen: 0 };
    bySecond.set(second, found);
    return found;
  };
  const see = (lane: Lane, nowMs: number): void => {
    const dueMs = lane.dueMs[lane.seen++];
    if (dueMs === undefined) return;
    seen++;
    if (dueMs >= warmUpMs) latencies.record(nowMs - dueMs);
    const second = secondOf(dueMs);
    second.unseen--;
    second.maxMs = Math.max(second.maxMs, nowMs - dueMs);
  };
  const take = ({ rows }: TopAnswer, nowMs: number): void => {
    for (const { key, values } of rows) {
      const lane = lanes[Number(String(key[plan.lane]).slice(run.length + 1))];
      if (lane) while (lane.seen < Number(values[plan.count])) see(lane, nowMs);
    }
  };

  return {
    source: {
      eventBytesMax: EVENT_BYTES_MAX,
      partitionKey: null,
      get dueMs() {
        return moments[sent] ?? Number.POSITIVE_INFINITY;
      },
      write(bytes, at) {
        const dueMs = moments[sent] as number;
        const index = sent++ % LANES;
        (lanes[index] as Lane).dueMs.push(dueMs);
        secondOf(dueMs).unseen++;
        const event = {
          ...plan.event,
          id: `${run}-${sent}`,
          time: new Date(Math.floor(fromMs + dueMs)).toISOString(),
          [plan.common]: run,
          [plan.lane]: `${run}-${index}`,
        };
        return at + encoder.encodeInto(JSON.stringify(event), bytes.subarray(at)).written;
      },
      answers: () => ({
        ledger: { records: sent, events: sent, accepted: sent, duplicates: 0, rejected: {} },
        beyondLive: 0,
        late: 0,
        series: [],
      }),
    },
    follow(startMs) {
      const question = { window: WINDOW, by: plan.count, limit: LANES, where: { [plan.common]: run } };
      const follow = async (): Promise<void> => {
        for await (const answer of client.live.top(plan.metric, question, { signal: stop.signal }))
          take(answer, elapsedMs() - startMs);
      };
      following = follow().catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
    },
    get sent() {
      return sent;
    },
    get seen() {
      return seen;
    },
    freshness: latencies.summary,
    distribution: latencies.distribution,
    seconds: () => [...bySecond].map(([second, { maxMs, unseen }]) => ({ second, maxMs, unseen })),
    async close() {
      stop.abort();
      await following;
    },
  };
};

const NOTHING: LatencySummary = createLatencies().summary();

/** Of a workload that has no probe. */
export const noProbes = (source: EventSource): Probes => ({
  source,
  follow: () => undefined,
  ...{ sent: 0, seen: 0 },
  freshness: () => NOTHING,
  distribution: () => [],
  seconds: () => [],
  close: () => Promise.resolve(),
});
