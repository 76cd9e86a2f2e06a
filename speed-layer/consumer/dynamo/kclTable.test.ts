import { readFileSync } from "node:fs";
import {
  type AttributeValue,
  CreateTableCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { createPoller } from "../polling/poller.js";
import type { ListedShard } from "../plan/newLeases.js";
import type { KinesisStream, StartingPoint } from "../stream/stream.js";
import { dynaliteForTests } from "../testing/dynalite.js";
import { quickClock } from "../testing/quickClock.js";
import type { Report } from "../worker/report.js";
import { DEFAULT_SETTINGS } from "../worker/settings.js";
import { startWorker } from "../worker/worker.js";
import { singleStreamKeys } from "./leaseKeys.js";
import { leaseTableDefinition, openLeaseTable } from "./openLeaseTable.js";

type Item = Record<string, AttributeValue>;
type Tables = Record<string, { readonly Items: readonly Item[] }>;

const APPLICATION = "probeapp";
const client = dynaliteForTests();
const clock = quickClock(20);
const recorded = (name: string): readonly Item[] => {
  const url = new URL(`../testing/kclTables/${name}`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as Tables)[APPLICATION]?.Items ?? [];
};
const textOf = (item: Item, name: string): string => item[name]?.S as string;
/** A number may be written in several ways, as 0 and 0.0. */
const numbered = (item: Item) =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, value.N === undefined ? value : Number(value.N)]),
  );
const next = (sequence: string): string => String(BigInt(sequence) + 16n);

/** The stream that the table is of: behind each checkpoint lies one record. */
const theStream = (items: readonly Item[]) => {
  const begun: Record<string, StartingPoint> = {};
  const shards: readonly ListedShard[] = items.map((item) => ({
    id: textOf(item, "leaseKey"),
    parents: [],
    hashRange: {
      first: BigInt(textOf(item, "startingHashKey")),
      last: BigInt(textOf(item, "endingHashKey")),
    },
    closed: false,
  }));
  const stream: KinesisStream = {
    listShards: async () => shards,
    iterator: async (shard, from) => {
      begun[shard] ??= from;
      return JSON.stringify([shard, 0]);
    },
    read: async (iterator) => {
      const [shard, count] = JSON.parse(iterator) as [string, number];
      const item = items.find((row) => textOf(row, "leaseKey") === shard) as Item;
      const standing = textOf(item, "checkpoint");
      const record = (sequence: string) => ({
        sequence,
        arrivalMs: 0,
        partitionKey: "k",
        data: Buffer.from(shard),
      });
      const records = count === 0 ? [record(standing), record(next(standing))] : [];
      return { records, nextIterator: JSON.stringify([shard, 1]), children: null, behindMs: 0 };
    },
  };
  return { stream, begun };
};

describe.each(["tables-while-running.json", "tables-after-stop.json"])(
  "the KCL's own lease table, %s",
  (name) => {
    it("is adopted when its owner is gone, worked from its checkpoints, and handed back as the KCL writes it", async () => {
      const items = recorded(name);
      expect(items).toHaveLength(4);
      const TableName = name;
      await client().send(new CreateTableCommand(leaseTableDefinition(TableName)));
      for (const Item of items) await client().send(new PutItemCommand({ TableName, Item }));
      const { stream, begun } = theStream(items);
      const given: string[] = [];
      const reports: Report[] = [];
      let allGiven = (): void => {};
      const done = new Promise<void>((resolve) => {
        allGiven = resolve;
      });
      // The clock is quick, the server is not.
      const settings = { ...DEFAULT_SETTINGS, leaseTimeoutMs: 100_000, requestTimeoutMs: 100_000 };
      const worker = startWorker({
        id: "ours",
        store: await openLeaseTable({
          client: client(),
          tableName: TableName,
          clock,
          creates: false,
          keys: singleStreamKeys,
        }),
        stream,
        initial: { kind: "trimHorizon" },
        process: async (session) => {
          for await (const { records, through } of session) {
            for (const { sequence } of records) given.push(`${session.shard} ${sequence}`);
            if (through) session.accept(through);
            if (new Set(given).size === items.length) allGiven();
          }
        },
        openSource: (shard, from, budget) =>
          createPoller({
            stream,
            shard,
            from,
            clock,
            random: () => 0.5,
            pace: settings,
            prefetch: { recordsMax: 1_000, bytesMax: 1e6 },
            budget,
            requestTimeoutMs: settings.requestTimeoutMs,
            onFailure: (failure) => reports.push({ kind: "readFailed", shard, failure }),
          }),
        settings,
        clock,
        random: () => 0.5,
        report: (report) => reports.push(report),
      });
      await done;
      await worker.stop();

      expect(reports.filter(({ kind }) => kind === "leasesMade")).toEqual([]);
      const taken = reports.flatMap((report) => (report.kind === "leaseTaken" ? [report.reason] : []));
      expect(taken.slice(0, 4)).toEqual(["expired", "expired", "expired", "expired"]);
      expect(Object.values(begun)).toHaveLength(4);
      const { Items } = await client().send(new ScanCommand({ TableName }));
      const byKey = (rows: readonly Item[]) =>
        [...rows].sort((a, b) => (textOf(a, "leaseKey") < textOf(b, "leaseKey") ? -1 : 1));
      for (const [index, row] of byKey(Items ?? []).entries()) {
        const before = byKey(items)[index] as Item;
        const shard = textOf(before, "leaseKey");
        expect(begun[shard]).toEqual({ kind: "atSequence", sequence: textOf(before, "checkpoint") });
        const { leaseOwner: _owner, leaseCounter: _counter, ...kept } = before;
        const { leaseCounter, ...found } = row;
        expect(numbered(found)).toEqual(
          numbered({ ...kept, checkpoint: { S: next(textOf(before, "checkpoint")) } }),
        );
        expect(Number(leaseCounter?.N)).toBeGreaterThan(Number(before["leaseCounter"]?.N) + 1);
        expect(given).toContain(`${shard} ${next(textOf(before, "checkpoint"))}`);
        expect(given).not.toContain(`${shard} ${textOf(before, "checkpoint")}`);
      }
    });
  },
);
