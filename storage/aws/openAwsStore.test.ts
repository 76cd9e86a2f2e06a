import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it, onTestFinished } from "vitest";
import type { DataStore } from "../dataStore.js";
import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { createMemoryS3 } from "../testing/aws/s3/memoryS3.js";
import { openTestTable, TEST_CREDENTIALS, TEST_REGION } from "../testing/aws/testTable.js";
import { openLog } from "../testing/embeddedLog.js";
import { aSegment, SHARD } from "../testing/segments.js";
import { temporaryDirectory } from "../testing/temporaryDirectory.js";
import type { AwsStoreConfig } from "./config.js";
import { openAwsStore } from "./openAwsStore.js";
import type { AwsLog } from "./store.js";
import { storeTable } from "./table/definition.js";

const endpoint = dynaliteForTests();
const s3 = createMemoryS3("lake");

const configFor = async (
  table: string,
  prefix: string,
  overrides: Partial<AwsStoreConfig["lake"]> = {},
): Promise<AwsStoreConfig> => ({
  region: TEST_REGION,
  credentials: TEST_CREDENTIALS,
  dynamo: { table, endpoint: endpoint() },
  lake: {
    bucket: "lake",
    prefix,
    endpoint: "http://s3.invalid",
    requestHandler: s3.handler,
    localDir: await temporaryDirectory(),
    ...overrides,
  },
});

/** Closed when the running test ends. */
const open = async (config: AwsStoreConfig, openLog: AwsLog): Promise<DataStore> => {
  const store = await openAwsStore(config, { openLog, now: Date.now });
  onTestFinished(() => store.close());
  return store;
};

const newLog = async () => {
  const log = await openLog(await temporaryDirectory());
  return async () => log;
};

describe("a store on AWS", () => {
  it("keeps what is written through every port, and has it when it is opened again", async () => {
    const { name } = await openTestTable(endpoint());
    const config = await configFor(name, "first/");
    const log = await newLog();
    const store = await open(config, log);
    await store.increments.writeSegment(aSegment());
    await store.records.replace("pointer", 0, { generation: 7 });
    await store.lake.put("raw/a", Buffer.from("abc"));
    expect(await store.leases.acquire("batch", "me", 60_000)).toEqual({ kind: "held" });

    const again = await open(config, log);
    expect(await again.increments.segments(SHARD, null, 10)).toHaveLength(1);
    expect((await again.records.get("pointer"))?.value).toEqual({ generation: 7 });
    expect(Buffer.from(await again.lake.get("raw/a")).toString()).toBe("abc");
    expect(await again.leases.acquire("batch", "you", 60_000)).toMatchObject({
      kind: "taken",
      by: { owner: "me" },
    });
    expect([...s3.bucket("lake").objects.keys()].filter((key) => key.startsWith("first/")).sort()).toEqual([
      "first/log-identity.json",
      "first/raw/a",
    ]);
  });

  it("refuses a table and a lake of another log, and says the way out", async () => {
    const { name } = await openTestTable(endpoint());
    const config = await configFor(name, "second/");
    await open(config, await newLog());
    await expect(open(config, await newLog())).rejects.toMatchObject({
      kind: "mismatch",
      message: expect.stringMatching(/the table .* belongs to the log .* name a new table/),
    });
    const other = await configFor((await openTestTable(endpoint())).name, "second/");
    await expect(open(other, await newLog())).rejects.toMatchObject({
      kind: "mismatch",
      message: expect.stringContaining("the lake s3://lake/second/ belongs to the log"),
    });
  });

  it("says which table or bucket is missing, and which table is not its own", async () => {
    const { client, name } = await openTestTable(endpoint());
    const log = await newLog();
    await expect(open(await configFor("no-such-table", "third/"), log)).rejects.toMatchObject({
      kind: "missing",
      message: expect.stringContaining("no-such-table"),
    });
    await expect(
      open(await configFor(name, "third/", { bucket: "no-such-bucket" }), log),
    ).rejects.toMatchObject({
      kind: "missing",
      message: expect.stringContaining("no-such-bucket"),
    });
    const foreign = `${name}-foreign`;
    await client.send(
      new CreateTableCommand({
        ...storeTable(foreign),
        AttributeDefinitions: [{ AttributeName: "leaseKey", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "leaseKey", KeyType: "HASH" }],
      }),
    );
    await expect(open(await configFor(foreign, "third/"), log)).rejects.toMatchObject({
      kind: "mismatch",
      message: expect.stringContaining("has the keys leaseKey HASH, Freshet's has pk HASH, sk RANGE"),
    });
  });
});
