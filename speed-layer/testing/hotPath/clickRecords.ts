import { type ClickAnswers, type ClickOptions, CLICK_BYTES_MAX, createClicks } from "@freshet/simulators";
import { encodeAggregate, type UserRecord } from "@freshet/storage";

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
