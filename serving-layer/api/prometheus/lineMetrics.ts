import { Counter, Gauge, type Registry } from "prom-client";
import type { Reader, StatusAnswer } from "../../reader/reader.js";

const secondsOf = (instant: string): number => Date.parse(instant) / 1_000;

/** What the status says, read anew at each scrape. Times are Unix seconds, as Prometheus has them. */
export const registerLineMetrics = (registry: Registry, reader: Reader): void => {
  const registers = [registry];
  let status: StatusAnswer = reader.status();

  const gauge = (name: string, help: string, value: (status: StatusAnswer) => number | null): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const now = value(status);
        if (now === null) this.remove();
        else this.set(now);
      },
    });
  };
  const byShard = (
    name: string,
    help: string,
    value: (shard: StatusAnswer["shards"][number]) => number | null,
  ): void => {
    new Gauge({
      name,
      help,
      registers,
      labelNames: ["shard"],
      collect() {
        this.reset();
        for (const shard of status.shards) {
          const now = value(shard);
          if (now !== null) this.set({ shard: shard.shard }, now);
        }
      },
    });
  };

  new Counter({
    name: "freshet_events_total",
    help: "Events read from the log, by what became of them: accepted, duplicate, or a reason of rejection.",
    registers,
    labelNames: ["outcome"],
    collect() {
      status = reader.status();
      this.reset();
      const { accepted, duplicates, rejected } = status.ledger;
      for (const [outcome, count] of Object.entries({ accepted, duplicate: duplicates, ...rejected }))
        this.inc({ outcome }, count);
    },
  });
  gauge(
    "freshet_freshness_seconds",
    "Now minus the oldest tip of the shards that go on.",
    ({ freshnessMs }) => (freshnessMs === null ? null : freshnessMs / 1_000),
  );
  gauge("freshet_batch_through_timestamp_seconds", "What arrived before is settled.", ({ batchThrough }) =>
    batchThrough === null ? null : secondsOf(batchThrough),
  );
  gauge(
    "freshet_generation",
    "The published batch state.",
    ({ generation }) => generation?.generation ?? null,
  );
  gauge(
    "freshet_ledger_disagreements",
    "Segments that speed and batch count differently.",
    ({ disagreements }) => disagreements.length,
  );
  byShard(
    "freshet_shard_lag_seconds",
    "Now minus when a worker last stood at the shard's end.",
    ({ lagMs }) => (lagMs === null ? null : lagMs / 1_000),
  );
  byShard(
    "freshet_shard_events_per_second",
    "Events read from the shard.",
    ({ eventsPerSecond }) => eventsPerSecond,
  );
  byShard("freshet_shard_cut_timestamp_seconds", "How far the shard's cut has come.", ({ cutThrough }) =>
    cutThrough === null ? null : secondsOf(cutThrough),
  );
  new Gauge({
    name: "freshet_missing",
    help: "What is missing from answers, by kind.",
    registers,
    labelNames: ["kind"],
    collect() {
      this.reset();
      for (const { kind } of status.missing) this.inc({ kind });
    },
  });
};
