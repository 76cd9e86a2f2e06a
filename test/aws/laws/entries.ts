import { encodeAggregate, hashKeyNumber, hashKeyOf } from "@freshet/kpl";
import type { Random } from "@freshet/simulators";
import type { LogEntry, Shard } from "@freshet/storage";
import type { Sent } from "../../laws/stream.js";

const AGGREGATED = 0.3;
const KEY_CHARACTERS_MAX = 40;

const entryOf = (sent: Sent): LogEntry =>
  sent.kind === "bad"
    ? { partitionKey: sent.text.slice(0, KEY_CHARACTERS_MAX), data: Buffer.from(sent.text) }
    : { partitionKey: sent.visit.id, data: Buffer.from(JSON.stringify(sent.visit)) };

/** What is sent as records: events by themselves, and some of a shard's together as a KPL aggregate, as the SDK predicts it. */
export const entriesOf = (
  sents: readonly Sent[],
  shards: readonly Shard[],
  random: Random,
): readonly LogEntry[] => {
  const alone: LogEntry[] = [];
  const together = new Map<string, LogEntry[]>();
  const open = shards.filter(({ closed }) => !closed);
  for (const entry of sents.map(entryOf)) {
    const key = hashKeyNumber(hashKeyOf(entry.partitionKey));
    const shard = open.find(({ hashRange }) => key >= hashRange.first && key <= hashRange.last);
    if (!shard || !random.chance(AGGREGATED)) alone.push(entry);
    else together.set(shard.id, [...(together.get(shard.id) ?? []), entry]);
  }
  const aggregates = [...together.values()].map((members) =>
    members.length === 1
      ? (members[0] as LogEntry)
      : { partitionKey: (members[0] as LogEntry).partitionKey, data: encodeAggregate(members) },
  );
  return [...alone, ...aggregates];
};
