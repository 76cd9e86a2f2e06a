import { type ClickAnswers, type ClickOptions, CLICK_BYTES_MAX, createClicks } from "@freshet/simulators";
import { encodeAggregate, type UserRecord } from "@freshet/kpl";

/** Click events as a producer puts them into the log. */
export interface ClickRecords {
  readonly records: readonly ClickRecord[];
  readonly events: number;
  readonly bytes: number;
  readonly answers: ClickAnswers;
}

export interface ClickRecord {
  readonly data: Buffer;
  /** When its last event arrives. */
  readonly arrivalMs: number;
}

/** About 1 MiB. */
const RECORD_EVENTS = 4_500;
const PARTITION_KEY = "0";
const SEQUENCE_FIRST = 49_680_422_026_326_399_252_482_104_051_705_726_079_948_583_596_772_556_802n;

export const clickRecords = (events: number, options: Partial<ClickOptions> = {}): ClickRecords => {
  const stream = createClicks(options);
  const room = new Uint8Array(RECORD_EVENTS * CLICK_BYTES_MAX);
  const records: ClickRecord[] = [];
  let bytes = 0;
  for (let made = 0; made < events; made += RECORD_EVENTS) {
    const members: UserRecord[] = [];
    let at = 0;
    for (let index = made; index < Math.min(events, made + RECORD_EVENTS); index++) {
      const end = stream.write(room, at);
      members.push({ partitionKey: PARTITION_KEY, data: room.subarray(at, end) });
      at = end;
    }
    const data = Buffer.from(encodeAggregate(members));
    bytes += data.length;
    records.push({ data, arrivalMs: stream.arrivalMs });
  }
  return { records, events, bytes, answers: stream.answers() };
};

const READ_RECORDS = 8;

/** As a worker reads them from the log, some at once. */
export const readsOf = ({ records }: ClickRecords): readonly (readonly ClickRecord[])[] =>
  Array.from({ length: Math.ceil(records.length / READ_RECORDS) }, (_, read) =>
    records.slice(read * READ_RECORDS, (read + 1) * READ_RECORDS),
  );

/** As a GetRecords response gives them, a few records each. */
export const responsesOf = ({ records }: ClickRecords, recordsEach: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(records.length / recordsEach) }, (_, response) => {
    const first = response * recordsEach;
    const members = records.slice(first, first + recordsEach).map(({ data, arrivalMs }, index) => ({
      SequenceNumber: String(SEQUENCE_FIRST + BigInt(first + index)),
      ApproximateArrivalTimestamp: arrivalMs / 1_000,
      Data: data.toString("base64"),
      PartitionKey: PARTITION_KEY,
    }));
    return Buffer.from(
      JSON.stringify({ Records: members, NextShardIterator: "A".repeat(200), MillisBehindLatest: 0 }),
    );
  });
