import {
  type Aggregator,
  createAggregator,
  fittingKey,
  type HashKey,
  hashKeyOf,
  type UserRecord,
} from "@freshet/kpl";
import type { OutgoingEvent } from "../transport.js";
import type { StreamView } from "./knownStream.js";
import type { OpenShard } from "./shardMap.js";
import type { PutEntry } from "./stream.js";

/** One record of the log on its way, and whose events it holds. */
export interface PlannedRecord {
  readonly entry: PutEntry;
  /** Of data and partition key, as Kinesis counts. */
  readonly bytes: number;
  /** Where it is expected to land; null where nobody knows. */
  readonly shard: OpenShard | null;
  /** Places in the batch, in the order within the record. */
  readonly members: readonly number[];
}

export interface Plan {
  readonly records: readonly PlannedRecord[];
  /** Places of events that no record can hold. */
  readonly oversize: readonly number[];
  /** Of each event, in the order of the batch; empty where no map is known. */
  readonly hashes: readonly HashKey[];
}

export interface PlanLimits {
  /** Of an aggregate; 0: nothing is joined. */
  readonly aggregateBytesMax: number;
}

/** Makes plans one after another; what it keeps between them is room. */
export interface Planner {
  /** Which records a batch becomes: events of one shard joined, each by itself where the shards are not known. */
  plan(events: readonly OutgoingEvent[], view: StreamView): Plan;
}

export const createPlanner = ({ aggregateBytesMax }: PlanLimits): Planner => {
  const lone = createOpenRecord(createAggregator({ bytesMax: 0, countMax: 1 }));
  let joined: OpenRecord[] = [];
  let joinedBytesMax = 0;
  const joinedAt = (index: number): OpenRecord =>
    (joined[index] ??= createOpenRecord(
      createAggregator({ bytesMax: joinedBytesMax, countMax: Number.POSITIVE_INFINITY }),
    ));

  return {
    plan(events, { map, traits }) {
      const plan = { records: [] as PlannedRecord[], oversize: [] as number[], hashes: [] as HashKey[] };
      const bytesMax = Math.min(aggregateBytesMax, traits.recordBytesMax);
      if (bytesMax !== joinedBytesMax) joined = [];
      joinedBytesMax = bytesMax;
      const open = new Map<OpenShard | null, OpenRecord>();
      events.forEach((event, index) => {
        const record: UserRecord = { partitionKey: fittingKey(event.partitionKey), data: event.json };
        const hash = map ? hashKeyOf(record.partitionKey) : null;
        if (hash !== null) plan.hashes.push(hash);
        if (Buffer.byteLength(record.partitionKey) + record.data.length > traits.recordBytesMax) {
          plan.oversize.push(index);
          return;
        }
        const shard = map && hash !== null ? map.shardOf(hash) : null;
        let into = open.get(shard);
        if (!into) open.set(shard, (into = shard === null || bytesMax === 0 ? lone : joinedAt(open.size)));
        if (into.add(record, index)) return;
        plan.records.push(into.take(shard));
        into.add(record, index);
      });
      for (const [shard, record] of open) if (!record.isEmpty()) plan.records.push(record.take(shard));
      return plan;
    },
  };
};

interface OpenRecord {
  isEmpty(): boolean;
  add(record: UserRecord, index: number): boolean;
  take(shard: OpenShard | null): PlannedRecord;
}

const createOpenRecord = (aggregator: Aggregator): OpenRecord => {
  let members: number[] = [];
  return {
    isEmpty: () => members.length === 0,
    add(record, index) {
      const added = aggregator.add(record);
      if (added) members.push(index);
      return added;
    },
    take(shard) {
      const bytes = aggregator.wireBytes;
      const wire = aggregator.take();
      if (wire === null) throw new RangeError("a record without events");
      const planned = { entry: wire, bytes, shard, members };
      members = [];
      return planned;
    },
  };
};
