import { type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { dynaliteForTests } from "../../testing/aws/dynalite.js";
import { dice } from "../../testing/aws/faults.js";
import { openTestTable } from "../../testing/aws/testTable.js";
import { text } from "./item.js";
import { type ItemKey, spreadKey, spreadPartitions } from "./key.js";

const endpoint = dynaliteForTests();
const SEED = 12;

const keys = Array.from({ length: 130 }, (_, index): ItemKey => ({ pk: "p", sk: `item ${index}` }));

type Batch = Readonly<Record<string, readonly unknown[] | { readonly Keys: readonly unknown[] }>>;

/** As a table does that throttles: of each batch, some is left undone. */
const leaveUndone = (client: DynamoDBClient, share: number): { readonly seen: { undone: number } } => {
  const roll = dice(SEED);
  const seen = { undone: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const { RequestItems } = args.input as { readonly RequestItems?: Batch };
      const [table, batch] = Object.entries(RequestItems ?? {})[0] ?? [];
      if (table === undefined || batch === undefined) return next(args);
      const writes = context["commandName"] === "BatchWriteItemCommand";
      const all = "Keys" in batch ? batch.Keys : batch;
      const done = all.filter(() => roll() >= share);
      const undone = all.filter((one) => !done.includes(one));
      seen.undone += undone.length;
      const wrapped = (part: readonly unknown[]) => ("Keys" in batch ? { ...batch, Keys: part } : part);
      const left = undone.length > 0 ? { [table]: wrapped(undone) } : {};
      const unprocessed = writes ? { UnprocessedItems: left } : { UnprocessedKeys: left };
      if (done.length === 0) return { output: { $metadata: {}, ...unprocessed }, response: {} };
      const result = await next({
        ...args,
        input: { ...args.input, RequestItems: { [table]: wrapped(done) } },
      });
      return { ...result, output: { ...result.output, ...unprocessed } };
    },
    { step: "initialize", name: "leaveUndone" },
  );
  return { seen };
};

describe("batches", () => {
  it(`S2: delete and read all that is asked for, however much a throttling table leaves undone (seed ${SEED})`, async () => {
    const { client, table } = await openTestTable(endpoint());
    await Promise.all(keys.map((key) => table.put(key, { content: text(key.sk) })));
    const { seen } = leaveUndone(client, 0.3);
    expect(await table.getMany(keys)).toHaveLength(keys.length);
    expect(seen.undone).toBeGreaterThan(30);
    await table.removeMany(keys.slice(0, 100));
    expect(seen.undone).toBeGreaterThan(60);
    expect(await table.count("p", { kind: "all" })).toBe(30);
  });

  it("S2: say what was left when a table throttles for good", async () => {
    const { client, table } = await openTestTable(endpoint());
    leaveUndone(client, 1);
    await expect(table.removeMany(keys.slice(0, 3))).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("3 were left undone"),
    });
  });
});

describe("keys", () => {
  it("S4: that belong to no shard are spread evenly over partitions", () => {
    const partitions = spreadPartitions("tip");
    const load = new Map(partitions.map((pk) => [pk, 0]));
    const shards = 1_600;
    for (let shard = 0; shard < shards; shard++) {
      const { pk } = spreadKey("tip", `shardId-${String(shard).padStart(12, "0")}`);
      load.set(pk, (load.get(pk) ?? Number.NaN) + 1);
    }
    const even = shards / partitions.length;
    expect(partitions).toHaveLength(4);
    for (const [pk, count] of load) expect(Math.abs(count - even), pk).toBeLessThan(even / 2);
  });
});
