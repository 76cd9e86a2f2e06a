import { EVENTS_PER_SECOND_MAX, SERVED_KEYS_MAX, type Sizes, shardQuota } from "@freshet/model";
import type { PlanQuestion } from "./question.js";
import type { PlannedScale } from "./scale.js";

/** Something that the line runs into, and at which rate; below 1 the plan is beyond it already. */
export interface Limit {
  readonly what: string;
  /** How many times the planned rate it allows. */
  readonly times: number;
  readonly then: string;
}

/** A DynamoDB partition takes as many write units; tips lie in 16. */
const PARTITION_WRITE_UNITS = 1_000;
const TIP_PARTITIONS = 16;
/** A replica holds every group of the live view; what has been tested. */
const LIVE_GROUPS_TESTED = 1_000_000;
/** p99 of the line on AWS by fan-out: design, not measured on AWS. */
const FAN_OUT_FRESHNESS_MS = 2_000;
/** Reads of one stream's shards list pages of 1,000; beyond, leases and tips are many for one table. */
const SHARDS_TESTED = 64;

export interface LimitsInput {
  readonly question: PlanQuestion;
  readonly scale: PlannedScale;
  readonly sizes: Sizes;
  readonly region: string;
}

/** What comes next, the nearest first. A stage takes the plan's scale as long as each allows it. */
export const limitsOf = ({ question, scale, sizes, region }: LimitsInput): readonly Limit[] => {
  const { keys, freshnessMs, peak } = question;
  const { shards } = sizes;
  const quota = shardQuota(region);
  return [
    {
      what: `a serving replica holds all groups: ${LIVE_GROUPS_TESTED.toLocaleString("en")} are tested`,
      times: LIVE_GROUPS_TESTED / keys,
      then: "give keys that nobody asks for no metric, or wait for keyspace parts",
    },
    {
      what: `a stage is refused beyond ${SERVED_KEYS_MAX.toLocaleString("en")} keys: Fargate has no task that holds more`,
      times: SERVED_KEYS_MAX / scale.keys,
      then: "wait for keyspace parts",
    },
    {
      what: `a stage is made for ${EVENTS_PER_SECOND_MAX.toLocaleString("en")} events a second at most`,
      times: EVENTS_PER_SECOND_MAX / scale.eventsPerSecond,
      then: "split the stream in two, by what their metrics do not share",
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
      what: `the account's quota of ${quota.toLocaleString("en")} shards in ${region}`,
      times: quota / shards,
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
};
