import type { Needs } from "./needs.js";
import type { PlanQuestion } from "./question.js";

/** Something that the line runs into, and at which rate; below 1 the plan is beyond it already. */
export interface Limit {
  readonly what: string;
  /** How many times the planned rate it allows. */
  readonly times: number;
  readonly then: string;
}

/** Kinesis' default shard quota in us-east-1, us-west-2 and eu-west-1. */
const SHARD_QUOTA = 20_000;
/** A DynamoDB partition takes as many write units; tips lie in 16. */
const PARTITION_WRITE_UNITS = 1_000;
const TIP_PARTITIONS = 16;
/** A replica holds every group of the live view; what has been tested. */
const LIVE_GROUPS_TESTED = 1_000_000;
/** p99 of the line on AWS by fan-out: design, not measured on AWS. */
const FAN_OUT_FRESHNESS_MS = 2_000;
/** Reads of one stream's shards list pages of 1,000; beyond, leases and tips are many for one table. */
const SHARDS_TESTED = 64;

/** What comes next, the nearest first. */
export const limitsOf = ({ keys, freshnessMs, peak }: PlanQuestion, { shards }: Needs): readonly Limit[] =>
  [
    {
      what: `a serving replica holds all groups: ${LIVE_GROUPS_TESTED.toLocaleString("en")} are tested`,
      times: LIVE_GROUPS_TESTED / keys,
      then: "give keys that nobody asks for no metric, or wait for keyspace parts",
    },
    {
      what: `${SHARDS_TESTED} shards are the most that one line has been tested with`,
      times: SHARDS_TESTED / shards,
      then: "test the line at that many with `freshet load` before you rely on it",
    },
    {
      what: "tips lie in 16 partitions of the table, each for 1,000 writes a second",
      times: (TIP_PARTITIONS * PARTITION_WRITE_UNITS) / (shards * peak),
      then: "flush less often",
    },
    {
      what: `the account's quota of ${SHARD_QUOTA.toLocaleString("en")} shards`,
      times: SHARD_QUOTA / shards,
      then: "ask AWS for more",
    },
    {
      what: `fan-out shows an event within ${FAN_OUT_FRESHNESS_MS} ms (p99)`,
      times:
        freshnessMs >= FAN_OUT_FRESHNESS_MS ? Number.POSITIVE_INFINITY : freshnessMs / FAN_OUT_FRESHNESS_MS,
      then: "no rate is fresher on AWS: the embedded line on one machine is",
    },
  ]
    .filter(({ times }) => times < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.times - b.times);
