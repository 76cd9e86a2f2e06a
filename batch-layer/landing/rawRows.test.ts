import {
  createEventReader,
  epochMs,
  type ReadOutcome,
  type SequenceNumber,
  sequenceNumber,
  shardId,
} from "@freshet/model";
import { encodeAggregate } from "@freshet/kpl";
import { createRecordBatch, heartbeatRecord, oversizeRecord } from "@freshet/storage";
import { afterEach, describe, expect, it } from "vitest";
import { firstApp } from "../testing/apps.js";
import { createDice, type Dice } from "../testing/random.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";
import { createJudge } from "./judges.js";
import { createRawStage } from "./rawLake.js";

let world: World | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});

const HOUR = 497_000;
const ARRIVAL_MS = epochMs(HOUR * 3_600_000);
const SHARD = shardId("shardId-000000000001");
const judge = createJudge({ revision: 3, app: firstApp });
const reader = createEventReader(firstApp);

interface Row {
  readonly log: string;
  readonly shard: string;
  readonly sequence: SequenceNumber;
  readonly subsequence: number;
  readonly arrival_ms: number;
  readonly kind: string;
  readonly type: string | null;
  readonly id: string | null;
  readonly time_ms: number | null;
  readonly late_ms: number | null;
  readonly ahead_ms: number | null;
  readonly body: string | null;
  readonly reason: string | null;
  readonly revision: number;
}

/** What records become in the raw lake. */
const landed = async (data: readonly Uint8Array[]): Promise<readonly Row[]> => {
  world ??= await createWorld(1, scheduleOf({ app: firstApp }));
  const { duckdb } = world;
  const { lake, records } = world.data;
  const stage = createRawStage({ duckdb, lake, records, log: "the log" });
  const batch = createRecordBatch({ digest: "always" });
  for (const one of data) batch.add(one);
  const added = data.map((one, index) => ({
    sequence: sequenceNumber(index + 1),
    arrivalMs: ARRIVAL_MS,
    partitionKey: "",
    data: one,
  }));
  await stage.add(SHARD, HOUR, judge, added, batch);
  const [path] = await stage.publish();
  const file = await lake.local(path as string);
  return duckdb.rows<Row>(`SELECT * FROM read_parquet('${file}', hive_partitioning = false)`);
};

const NO_EVENT = { type: null, id: null, time_ms: null, late_ms: null, ahead_ms: null };

const expectedRow = (outcome: ReadOutcome, event: Buffer): Partial<Row> => ({
  kind: "event",
  type: outcome.type,
  id: outcome.id,
  time_ms: outcome.timeMs,
  late_ms: outcome.kind === "event" ? (outcome.bounds?.maxLateMs ?? null) : null,
  ahead_ms: outcome.kind === "event" ? (outcome.bounds?.maxAheadMs ?? null) : null,
  body: outcome.kind === "event" ? outcome.body() : event.toString("utf8"),
  reason: outcome.kind === "event" ? null : outcome.reason,
});

const SEED = 11;
const EVENTS = 3_000;

/** A visit, written in one of many ways, or with something wrong. */
const visitOf = (dice: Dice, index: number): string => {
  const timeMs = ARRIVAL_MS - dice.below(1_000);
  const time = dice.pick([
    new Date(timeMs).toISOString(),
    timeMs,
    new Date(timeMs).toISOString().slice(0, 19),
  ]);
  const visit = {
    type: dice.chance(0.95) ? "visit" : "other",
    ...{ id: `v${index}`, time, page: dice.pick(["/", "é", "/a b", '"', "\u0001"]), user: "u" },
    ms: dice.pick([1, 0, 7, 42, -3, 2.5]),
    ...(dice.chance(0.2) ? { more: { deep: [1.5, null] } } : {}),
    ...(dice.chance(0.2) ? { $bounds: [dice.below(9), 5] } : {}),
  };
  const text = dice.chance(0.8) ? JSON.stringify(visit) : JSON.stringify(visit, null, 1);
  if (dice.chance(0.03)) return text.slice(0, dice.below(text.length));
  return dice.chance(0.05) ? text.replace('"u"', '"u","user":"w"') : text;
};

describe("rows of the raw lake", () => {
  it("are of a heartbeat, an oversize record, an aggregate without members and bad bytes one each", async () => {
    const bad = Buffer.from([0x7b, 0xff]);
    const rows = await landed([
      heartbeatRecord(),
      oversizeRecord(Buffer.alloc(5000, 65)),
      bad,
      encodeAggregate([]),
    ]);
    const position = { log: "the log", shard: SHARD, subsequence: 0, arrival_ms: ARRIVAL_MS, revision: 3 };
    expect(rows).toEqual([
      { ...position, sequence: sequenceNumber(1), kind: "heartbeat", ...NO_EVENT, body: null, reason: null },
      {
        ...position,
        ...{
          sequence: sequenceNumber(2),
          kind: "event",
          ...NO_EVENT,
          body: "A".repeat(1024),
          reason: "too_large",
        },
      },
      {
        ...position,
        sequence: sequenceNumber(3),
        kind: "event",
        ...NO_EVENT,
        body: "{\ufffd",
        reason: "malformed",
      },
      { ...position, sequence: sequenceNumber(4), kind: "heartbeat", ...NO_EVENT, body: null, reason: null },
    ]);
  });

  it(`are what the plain reader says, however an event is written (seed ${SEED})`, async () => {
    const dice = createDice(SEED);
    const events = Array.from({ length: EVENTS }, (_, index) => Buffer.from(visitOf(dice, index)));
    const rows = await landed([
      ...events,
      encodeAggregate(events.map((event) => ({ partitionKey: "p", data: event }))),
    ]);
    expect(rows).toHaveLength(2 * EVENTS);
    const met = { readable: 0, bounded: 0, standing: 0 };
    for (const [index, row] of rows.entries()) {
      const event = events[index % EVENTS] as Buffer;
      const outcome = reader.read(event);
      expect(row, event.toString()).toMatchObject(expectedRow(outcome, event));
      const isMember = index >= EVENTS;
      expect(row.sequence).toBe(sequenceNumber(isMember ? EVENTS + 1 : index + 1));
      expect(row.subsequence).toBe(isMember ? index - EVENTS : 0);
      if (outcome.kind !== "event") continue;
      met.readable++;
      if (outcome.bounds) met.bounded++;
      if (outcome.body() === event.toString()) met.standing++;
    }
    expect(met.readable).toBeGreaterThan(EVENTS);
    expect(met.bounded).toBeGreaterThan(EVENTS / 10);
    expect(met.standing).toBeGreaterThan(EVENTS / 10);
    expect(met.standing).toBeLessThan(met.readable);
  });
});
