import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineApp, event, t } from "@freshet/model";
import { type DataDirectory, openDataDirectory, type ShardLog, unpackRecord } from "@freshet/storage";

/** What tests of this package send: orders, with whatever a file calls their fields. */
export const order = event("order", { n: t.integer(), note: t.optional(t.string()) });

export const shop = defineApp({
  name: "shop",
  events: [order],
  metrics: [],
  settings: { eventBytesMax: 2000 },
});

export interface TemporaryData extends DataDirectory {
  remove(): Promise<void>;
}

export const temporaryData = async (shards = 3): Promise<TemporaryData> => {
  const parent = await mkdtemp(join(tmpdir(), "freshet-producers-"));
  const data = await openDataDirectory(join(parent, "data"), {
    create: { shards, segmentMs: 50, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 },
  });
  return {
    ...data,
    async remove() {
      await data.close();
      await rm(parent, { recursive: true });
    },
  };
};

export interface LogContent {
  /** The text of each event, by position. */
  readonly events: readonly {
    readonly text: string;
    readonly arrivalMs: number;
    readonly shard: string;
    readonly sequence: string;
  }[];
  readonly heartbeats: readonly { readonly shard: string; readonly arrivalMs: number }[];
  /** Sizes of events that were too large. */
  readonly oversize: readonly number[];
}

const READ_RECORDS_MAX = 10_000;

export const readLog = async (log: ShardLog): Promise<LogContent> => {
  const content = {
    events: [] as LogContent["events"][number][],
    heartbeats: [] as LogContent["heartbeats"][number][],
    oversize: [] as number[],
  };
  for (const { id: shard } of await log.shards()) {
    for (let after = null, atEnd = false; !atEnd; ) {
      const read = await log.read(shard, after, READ_RECORDS_MAX);
      for (const { sequence, arrivalMs, data } of read.records) {
        const record = unpackRecord(data);
        if (record.kind === "heartbeat") content.heartbeats.push({ shard, arrivalMs });
        else if (record.kind === "oversize") content.oversize.push(record.bytes);
        else
          for (const bytes of record.events)
            content.events.push({ text: Buffer.from(bytes).toString(), arrivalMs, shard, sequence });
      }
      after = read.records.at(-1)?.sequence ?? after;
      atEnd = read.atEnd || read.ended !== null;
    }
  }
  return content;
};
