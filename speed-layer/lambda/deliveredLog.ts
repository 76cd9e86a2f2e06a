import { type SequenceNumber, sequenceNumber } from "@freshet/model";
import type { ReadResult, ShardLog } from "@freshet/storage";
import type { DeliveredBatch } from "./event.js";

/** A log one of whose shards is read from what was delivered, wherever that goes on without a break from what is asked for. */
export interface DeliveredLog extends ShardLog {
  /** @param after the record that is known to lie directly before the batch; undefined: not known, so the log is asked */
  deliver(batch: DeliveredBatch, after: SequenceNumber | undefined): void;
  /** All is read from the log again. */
  forget(): void;
}

/** How long is waited for a log that does not show yet what lies before a batch. */
const WAIT_MS = 200;

/** What is left of a batch. It says nothing of the log's end. */
const readBatch = ({ records }: DeliveredBatch, after: SequenceNumber | null, limit: number): ReadResult => ({
  records: records.filter(({ sequence }) => after === null || sequence > after).slice(0, limit),
  atEnd: false,
  ended: null,
  trimmed: null,
});

export const createDeliveredLog = (log: ShardLog): DeliveredLog => {
  let batch: DeliveredBatch | null = null;
  let before: SequenceNumber | null | undefined;
  return {
    ...log,
    deliver(delivered, after) {
      batch = delivered;
      before = after;
    },
    forget() {
      batch = null;
    },
    async read(shard, after, limit) {
      if (batch === null || shard !== batch.shard) return log.read(shard, after, limit);
      const { first } = batch;
      if (after === before || (after !== null && after >= first)) return readBatch(batch, after, limit);
      const read = await log.read(shard, after, limit);
      if (read.trimmed) {
        const { firstAvailable } = read.trimmed;
        if (firstAvailable !== null && firstAvailable < first) return read;
        // the log has forgotten what we were given
        before = sequenceNumber(BigInt(first) - 1n);
        return { records: [], atEnd: false, ended: null, trimmed: { firstAvailable: first } };
      }
      if (read.records.length === 0) await log.wait(WAIT_MS);
      const records = read.records.filter(({ sequence }) => sequence < first);
      if (records.length < read.records.length) before = records.at(-1)?.sequence ?? after;
      return { records, atEnd: false, ended: null, trimmed: null };
    },
  };
};
