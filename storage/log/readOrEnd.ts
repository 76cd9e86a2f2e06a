import type { SequenceNumber, ShardId } from "@freshet/model";
import { StorageError } from "../errors.js";
import type { ReadResult, ShardLog } from "./port.js";

const WAIT_MS = 100;
const READS_MAX = 600;

/**
 * As `log.read`, once there is something to say: records, the end, or that they are trimmed. A single read of Kinesis may give
 * nothing although there is something, and then says neither.
 * @throws StorageError `unavailable` where the log says nothing again and again
 */
export const readOrEnd = async (
  log: Pick<ShardLog, "read" | "wait">,
  shard: ShardId,
  after: SequenceNumber | null,
  limit: number,
): Promise<ReadResult> => {
  for (let reads = 0; reads < READS_MAX; reads++) {
    const read = await log.read(shard, after, limit);
    if (read.records.length > 0 || read.atEnd || read.ended || read.trimmed) return read;
    await log.wait(WAIT_MS);
  }
  throw new StorageError(
    "unavailable",
    `the log gave nothing of ${shard} after ${after ?? "its beginning"}, and no end, in ${READS_MAX} reads`,
  );
};
