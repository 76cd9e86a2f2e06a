import type { LogEntry, ShardLog } from "@freshet/storage";
import { eventOf, type LoadTarget } from "../target.js";

const ID = Buffer.from('"id":"');
const QUOTE = 0x22;

/** Of the text as a producer writes it; what has no id goes by its length. */
const idOf = (event: Buffer): string => {
  const at = event.indexOf(ID);
  if (at < 0) return `#${event.length}`;
  const end = event.indexOf(QUOTE, at + ID.length);
  return event.toString("utf8", at + ID.length, end < 0 ? event.length : end);
};

/** Appends events straight to a shard log, each a record of its own: Kinesis, or the log of a data directory. */
export const logTarget = (name: string, log: ShardLog): LoadTarget => ({
  name,
  keepsPartitionKeys: true,
  takesBadText: true,
  async send(batch) {
    const entries = batch.partitionKeys.map((partitionKey, index): LogEntry => {
      const { buffer, byteOffset, length } = eventOf(batch, index);
      const data = Buffer.from(buffer, byteOffset, length);
      return { partitionKey: partitionKey ?? idOf(data), data };
    });
    try {
      return (await log.append(entries)).map((outcome) =>
        outcome.kind === "stored" ? { kind: "stored" } : { kind: "throttled", afterMs: outcome.retryAfterMs },
      );
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return entries.map(() => ({ kind: "failed", detail }));
    }
  },
  close: () => Promise.resolve(),
});
