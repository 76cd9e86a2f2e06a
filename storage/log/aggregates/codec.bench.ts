import { readGetRecords } from "../getRecords/getRecords.js";
import { createRecordBatch } from "../recordBatch.js";
import { createAggregator, type DigestPolicy, encodeAggregate, type UserRecord } from "@freshet/kpl";
import { theirAggregate, theirMembers, theirs } from "@freshet/kpl/testing";

/* The KPL codec against aws-kinesis-agg, and GetRecords bodies against JSON.parse, in one run; they take turns. */

const SEED = 7;
const EVENTS = 4_500;
const RECORDS = 24;
const KEYS = 1_000;
const EVENT_BYTES = 219;
const ROUNDS = 7;
/** The least that is promised. */
const RATIO_MIN = 2;
/** Both sides spend most of their time in the same MD5, which nothing but the message's one order makes faster. */
const AGGREGATE_RATIO_MIN = 1.3;

const total = EVENTS * RECORDS;

/** A linear congruential generator (Numerical Recipes): bytes without meaning, the same for the same seed. */
const createBytes = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
};

const next = createBytes(SEED);
const userRecords: readonly (readonly UserRecord[])[] = Array.from({ length: RECORDS }, () =>
  Array.from({ length: EVENTS }, () => ({
    partitionKey: `key-${next() % KEYS}`,
    data: Buffer.from(Array.from({ length: EVENT_BYTES }, () => 32 + (next() % 95))),
  })),
);
const aggregates = userRecords.map((records) => Buffer.from(encodeAggregate(records)));
const base64 = aggregates.map((aggregate) => aggregate.toString("base64"));

const bodyOf = (data: readonly string[]): Buffer =>
  Buffer.from(
    JSON.stringify({
      MillisBehindLatest: 0,
      NextShardIterator: "A".repeat(232),
      Records: data.map((Data, index) => ({
        ApproximateArrivalTimestamp: 1_700_000_000.123 + index,
        Data,
        PartitionKey: "a",
        SequenceNumber: String(index).padStart(56, "4"),
      })),
    }),
  );
const RECORDS_OF_A_BODY = 6;
const bodies = Array.from({ length: RECORDS / RECORDS_OF_A_BODY }, (_, index) =>
  bodyOf(base64.slice(index * RECORDS_OF_A_BODY, (index + 1) * RECORDS_OF_A_BODY)),
);
const plainBodies = userRecords
  .slice(0, 4)
  .map((records) => bodyOf(records.map(({ data }) => Buffer.from(data).toString("base64"))));

const batches: Readonly<Record<DigestPolicy, ReturnType<typeof createRecordBatch>>> = {
  always: createRecordBatch({ digest: "always" }),
  sampled: createRecordBatch({ digest: "sampled" }),
  never: createRecordBatch({ digest: "never" }),
};

/** A batch of so many aggregates at a time, as a shard's worker fills it. */
const ourMembers = (digest: DigestPolicy, atOnce: number) => (): number => {
  const batch = batches[digest];
  let found = 0;
  for (let from = 0; from < aggregates.length; from += atOnce) {
    batch.clear();
    batch.together(() => {
      for (const aggregate of aggregates.slice(from, from + atOnce)) batch.add(aggregate);
    });
    found += batch.count;
  }
  return found;
};

const theirMembersOf = (checksums: boolean) => (): number =>
  aggregates.reduce((found, aggregate) => found + theirMembers(aggregate, checksums).length, 0);

const aggregator = createAggregator({ bytesMax: 1 << 20, countMax: EVENTS });
const ourAggregates = (): number => {
  let found = 0;
  for (const records of userRecords) {
    for (const record of records) if (!aggregator.add(record)) throw new Error("it does not fit");
    found += aggregator.take()?.count ?? 0;
  }
  return found;
};

const theirRecords = userRecords.map((records) => records.map(theirs));
const theirAggregates = (): number =>
  theirRecords.reduce(
    (found, records) => found + (theirAggregate(records).data.length > 0 ? records.length : 0),
    0,
  );

const readBodies = (from: readonly Buffer[]) => (): number => {
  let found = 0;
  for (const body of from) {
    readGetRecords(body, batches.never);
    found += batches.never.count;
  }
  return found;
};

interface Parsed {
  readonly Records: readonly { readonly Data: string }[];
}

/** The same events, in the same batch, after JSON.parse and a buffer a record. */
const parseBodies = (from: readonly Buffer[]) => (): number => {
  let found = 0;
  for (const body of from) {
    const { Records }: Parsed = JSON.parse(body.toString());
    batches.never.clear();
    for (const { Data } of Records) batches.never.add(Buffer.from(Data, "base64"));
    found += batches.never.count;
  }
  return found;
};

const nanoseconds = (work: () => number, events: number): number => {
  const startedMs = performance.now();
  if (work() !== events) throw new Error("not every event was found");
  return ((performance.now() - startedMs) * 1e6) / events;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const compare = (
  name: string,
  ours: () => number,
  other: () => number,
  against: string,
  min: number,
  events = total,
) => {
  const rounds = Array.from({ length: ROUNDS }, () => ({
    other: nanoseconds(other, events),
    ours: nanoseconds(ours, events),
  }));
  console.log(
    JSON.stringify({
      name,
      value: median(rounds.map((round) => round.ours)),
      unit: "ns/event",
      ratio: median(rounds.map((round) => round.other / round.ours)),
      against: `the speed of ${against} (${median(rounds.map((round) => round.other)).toFixed(0)} ns)`,
      min,
      seed: SEED,
      events,
      eventBytes: EVENT_BYTES,
      recordBytes: aggregates[0]?.length,
    }),
  );
};

const LIBRARY = "aws-kinesis-agg";
for (const atOnce of [8, 4, 1]) {
  const name = `kpl: de-aggregate, MD5 compared, ${atOnce} aggregates at a time`;
  compare(name, ourMembers("always", atOnce), theirMembersOf(true), LIBRARY, RATIO_MIN);
}
compare("kpl: de-aggregate, MD5 sampled", ourMembers("sampled", 1), theirMembersOf(true), LIBRARY, RATIO_MIN);
compare(
  "kpl: de-aggregate, structure alone",
  ourMembers("never", 1),
  theirMembersOf(false),
  LIBRARY,
  RATIO_MIN,
);
compare("kpl: aggregate", ourAggregates, theirAggregates, LIBRARY, AGGREGATE_RATIO_MIN);
const PARSE = "JSON.parse and Buffer.from";
compare("GetRecords body of aggregates", readBodies(bodies), parseBodies(bodies), PARSE, 1.5);
const single = plainBodies.length * EVENTS;
compare(
  "GetRecords body of single events",
  readBodies(plainBodies),
  parseBodies(plainBodies),
  PARSE,
  1,
  single,
);
