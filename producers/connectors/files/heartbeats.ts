import { heartbeatRecord, type LogEntry, type ShardLog } from "@freshet/storage";

const ATTEMPTS_MAX = 100;

/**
 * Two heartbeats into each open shard, by explicit hash key, a tick apart. The second finishes the segment that the first
 * one or the last events stand in, so that every shard, also one without events, can be cut at the present.
 */
export const appendHeartbeats = async (
  log: ShardLog,
  epochMs: () => number,
  sleep: (ms: number) => Promise<void>,
): Promise<void> => {
  await appendRound(log, sleep);
  const { segmentMs } = log.identity;
  await sleep(segmentMs - (epochMs() % segmentMs) + 1);
  await appendRound(log, sleep);
};

const appendRound = async (log: ShardLog, sleep: (ms: number) => Promise<void>): Promise<void> => {
  const open = (await log.shards()).filter((shard) => !shard.closed);
  let entries: LogEntry[] = open.map((shard) => ({
    partitionKey: "heartbeat",
    explicitHashKey: shard.hashRange.first,
    data: heartbeatRecord(),
  }));
  for (let attempt = 0; attempt < ATTEMPTS_MAX && entries.length > 0; attempt++) {
    const outcomes = await log.append(entries);
    const waits = outcomes.map((outcome) => (outcome.kind === "throttled" ? outcome.retryAfterMs : 0));
    entries = entries.filter((_, index) => outcomes[index]?.kind === "throttled");
    if (entries.length > 0) await sleep(Math.max(...waits));
  }
  if (entries.length > 0) throw new Error(`the log took no heartbeat on ${entries.length} shards`);
};
