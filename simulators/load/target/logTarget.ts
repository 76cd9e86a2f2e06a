import { createAggregator, hashKeyOf } from "@freshet/kpl";
import type { AppendOutcome, LogEntry, ShardLog } from "@freshet/storage";
import { eventOf, type LoadBatch, type LoadTarget, type LoadVerdict } from "../target.js";

/** An entry and which events of the batch it holds. */
interface Parcel {
  readonly entry: LogEntry;
  readonly indexes: readonly number[];
}

const AGGREGATE_BYTES = 50_000;
const AGGREGATE_EVENTS_MAX = 10_000;
const ID = Buffer.from('"id":"');
const QUOTE = 0x22;
/** The shard is told by the first 32 bits of the key's MD5; what falls beside a finer border is delivered all the same. */
const PREFIX_DIGITS = 8;
const PREFIX_SHIFT = 96n;

/** Of the text as a producer writes it; what has no id goes by its length. */
const idOf = (event: Buffer): string => {
  const at = event.indexOf(ID);
  if (at < 0) return `#${event.length}`;
  const end = event.indexOf(QUOTE, at + ID.length);
  return event.toString("utf8", at + ID.length, end < 0 ? event.length : end);
};

/** The last prefix of each open shard's range, in order. */
const bordersOf = async (log: ShardLog): Promise<readonly number[]> =>
  (await log.shards())
    .filter(({ closed }) => !closed)
    .map(({ hashRange }) => Number(hashRange.last >> PREFIX_SHIFT))
    .sort((a, b) => a - b);

/** Joins what goes to the same shard; its encoders' memory stays from batch to batch. */
const createJoiner = (borders: readonly number[]): ((batch: LoadBatch) => readonly Parcel[]) => {
  const limits = { bytesMax: AGGREGATE_BYTES, countMax: AGGREGATE_EVENTS_MAX };
  const lanes = borders.map(() => ({ aggregator: createAggregator(limits), indexes: [] as number[] }));
  return (batch) => {
    const parcels: Parcel[] = [];
    const close = (lane: (typeof lanes)[number]): void => {
      const entry = lane.aggregator.take();
      if (entry) parcels.push({ entry, indexes: lane.indexes });
      lane.indexes = [];
    };
    batch.partitionKeys.forEach((given, index) => {
      const { buffer, byteOffset, length } = eventOf(batch, index);
      const data = Buffer.from(buffer, byteOffset, length);
      const partitionKey = given ?? idOf(data);
      const prefix = Number.parseInt(hashKeyOf(partitionKey).slice(0, PREFIX_DIGITS), 16);
      const lane =
        lanes[
          Math.max(
            0,
            borders.findIndex((last) => prefix <= last),
          )
        ];
      if (!lane) return;
      if (!lane.aggregator.add({ partitionKey, data })) {
        close(lane);
        lane.aggregator.add({ partitionKey, data });
      }
      lane.indexes.push(index);
    });
    for (const lane of lanes) close(lane);
    return parcels;
  };
};

const verdictOf = (outcome: AppendOutcome | undefined): LoadVerdict =>
  outcome?.kind === "throttled" ? { kind: "throttled", afterMs: outcome.retryAfterMs } : { kind: "stored" };

/** Puts events straight into a shard log, Kinesis or a data directory's, joined by shard as the KPL does. @throws where its shards cannot be listed */
export const logTarget = async (name: string, log: ShardLog): Promise<LoadTarget> => {
  const joinByShard = createJoiner(await bordersOf(log));
  return {
    name,
    keepsPartitionKeys: true,
    takesBadText: true,
    async send(batch) {
      const verdicts: LoadVerdict[] = [];
      const tell = (parcel: Parcel, verdict: LoadVerdict): void => {
        for (const index of parcel.indexes) verdicts[index] = verdict;
      };
      const parcels = joinByShard(batch);
      try {
        const outcomes = await log.append(parcels.map(({ entry }) => entry));
        parcels.forEach((parcel, index) => tell(parcel, verdictOf(outcomes[index])));
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        for (const parcel of parcels) tell(parcel, { kind: "failed", detail });
      }
      return verdicts;
    },
    close: () => Promise.resolve(),
  };
};
