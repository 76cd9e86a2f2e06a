import { randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { describe, expect, it, onTestFinished } from "vitest";
import { deadLettersContract } from "../documents/deadLetters.contract.js";
import { createDynamoDeadLetters } from "../documents/dynamoDeadLetters.js";
import { createDynamoTrends } from "../documents/trend/dynamoTrends.js";
import { trendsContract } from "../documents/trend/trends.contract.js";
import { createDynamoIncrements } from "../increments/dynamoIncrements.js";
import { incrementsContract } from "../increments/increments.contract.js";
import { lakeContract } from "../lake/lake.contract.js";
import { createDynamoLeases } from "../lease/dynamoLeases.js";
import { leasesContract } from "../lease/leases.contract.js";
import { createDynamoRecords } from "../records/dynamoRecords.js";
import { recordsContract } from "../records/records.contract.js";
import type { AwsStoreConfig } from "./config.js";
import { costContract } from "./cost.contract.js";
import { makeStoreTable } from "./makeStoreTable.js";
import { openAwsStore } from "./openAwsStore.js";
import { openLog as openEmbeddedTestLog } from "../testing/embeddedLog.js";
import { temporaryDirectory } from "../testing/temporaryDirectory.js";
import { ministackForTests, versitygwForTests } from "../testing/aws/servers.js";
import { openServerLake, serverS3Client } from "../testing/aws/testLake.js";
import { openTestTable, TEST_CREDENTIALS, TEST_REGION } from "../testing/aws/testTable.js";

const dynamo = ministackForTests();
const s3 = versitygwForTests();
const openTable = async () => (await openTestTable(dynamo())).table;

incrementsContract("the increments on MiniStack", async () => createDynamoIncrements(await openTable()));
leasesContract("the leases on MiniStack", {
  open: async (clock) => createDynamoLeases({ table: await openTable(), now: () => clock.now }),
});
deadLettersContract("the dead letters on MiniStack", {
  open: async (lettersMax) =>
    createDynamoDeadLetters({ table: await openTable(), now: Date.now, lettersMax }),
});
trendsContract(
  "the trends on MiniStack",
  async () => createDynamoTrends({ table: await openTable(), place: "the table", now: Date.now }),
  { expiry: "own" },
);
recordsContract("the records on MiniStack", async () =>
  createDynamoRecords({
    table: await openTable(),
    lake: await openServerLake(s3()),
    newId: randomUUID,
  }),
);
lakeContract("the lake on the Versity gateway", () => openServerLake(s3()));
lakeContract("the lake below a prefix on the Versity gateway", () => openServerLake(s3(), "apps/one/"));
costContract("MiniStack 1.5.33", () => openTestTable(dynamo()), { queriesAreOneUnit: true });

describe("the lake on the Versity gateway", () => {
  it("publishes a large file in parts, once, and fetches it back in parts", async () => {
    const lake = await openServerLake(s3());
    const content = randomBytes(40 * 2 ** 20 + 123);
    const publish = async (bytes: Uint8Array): Promise<void> => {
      const local = await lake.scratch("parquet");
      await writeFile(local, bytes);
      await lake.publish(local, "raw/large.parquet");
    };
    await publish(content);
    await publish(content);
    await expect(publish(content.subarray(1))).rejects.toMatchObject({ kind: "mismatch" });
    expect(Buffer.compare(await readFile(await lake.local("raw/large.parquet")), content)).toBe(0);
  });

  it("lets one of many win who put different contents under one path at once", async () => {
    const lake = await openServerLake(s3());
    for (let round = 0; round < 5; round++) {
      const path = `files/${round}`;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, (_, writer) => lake.put(path, Buffer.from(`writer ${writer}`))),
      );
      const winners = outcomes.flatMap(({ status }, writer) => (status === "fulfilled" ? [writer] : []));
      expect(winners).toHaveLength(1);
      expect(Buffer.from(await lake.get(path)).toString()).toBe(`writer ${winners[0]}`);
    }
  });
});

describe("a store on AWS", () => {
  const openLog = async () => {
    const log = await openEmbeddedTestLog(await temporaryDirectory());
    return async () => log;
  };
  const config = async (bucket: string, secretAccessKey: string): Promise<AwsStoreConfig> => ({
    region: TEST_REGION,
    credentials: { accessKeyId: TEST_CREDENTIALS.accessKeyId, secretAccessKey },
    dynamo: { table: `freshet-${bucket}`, endpoint: dynamo() },
    lake: { bucket, endpoint: s3(), localDir: await temporaryDirectory() },
  });
  const newBucket = async (): Promise<string> => {
    const client = serverS3Client(s3());
    const bucket = `bucket-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return bucket;
  };

  it("makes its table with expiry once, and opens on it", async () => {
    const made = await config(await newBucket(), TEST_CREDENTIALS.secretAccessKey);
    expect(await makeStoreTable(made)).toBe("made");
    expect(await makeStoreTable(made)).toBe("standing");
    const store = await openAwsStore(made, { openLog: await openLog(), now: Date.now });
    onTestFinished(() => store.close());
    expect(await store.records.replace("a", 0, 1)).toBe(true);
    const { TimeToLiveDescription } = await new DynamoDBClient({
      region: TEST_REGION,
      endpoint: dynamo(),
      credentials: TEST_CREDENTIALS,
    }).send(new DescribeTimeToLiveCommand({ TableName: made.dynamo.table }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: "expires", TimeToLiveStatus: "ENABLED" });
  });

  it("says that credentials are refused, and what to look at", async () => {
    const wrong = await config(await newBucket(), "another secret");
    await makeStoreTable(wrong);
    await expect(openAwsStore(wrong, { openLog: await openLog(), now: Date.now })).rejects.toMatchObject({
      kind: "unreadable",
      message: expect.stringMatching(/opening the bucket .*check the credentials/),
    });
  });
});
