import { randomUUID } from "node:crypto";
import { CreateTableCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { TRIM_HORIZON } from "../lease/checkpoint.js";
import { newLease } from "../lease/lease.js";
import { leaseStoreContract } from "../lease/leaseStore.contract.js";
import { dynaliteForTests } from "../testing/dynalite.js";
import { quickClock } from "../testing/quickClock.js";
import { type LeaseKeys, multiStreamKeys, singleStreamKeys } from "./leaseKeys.js";
import { LeaseTableError, leaseTableDefinition, openLeaseTable } from "./openLeaseTable.js";

const client = dynaliteForTests();
const clock = quickClock(50);
const stream = multiStreamKeys({ account: "123456789012", name: "events", createdSeconds: 1_795_247_998 });

const open = (tableName: string, keys: LeaseKeys = singleStreamKeys, creates = true) =>
  openLeaseTable({ client: client(), tableName, clock, creates, keys });
const aTable = () => `app-${randomUUID()}`;
const lease = newLease("shardId-000000000000", { checkpoint: TRIM_HORIZON, parents: [], hashRange: null });

leaseStoreContract("leases in DynamoDB", () => open(aTable()));
leaseStoreContract("leases in DynamoDB, of several streams", () => open(aTable(), stream));

describe("the lease table", () => {
  it("is made as the KCL makes it, by one of several workers that start together", async () => {
    const name = aTable();
    await Promise.all([open(name), open(name), open(name)]);
    await expect(client().send(new CreateTableCommand(leaseTableDefinition(name)))).rejects.toThrow();
  });

  it("is refused when it is missing and may not be made, or has another key", async () => {
    await expect(open(aTable(), singleStreamKeys, false)).rejects.toThrow(LeaseTableError);
    const name = aTable();
    await client().send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      }),
    );
    await expect(open(name)).rejects.toThrow("its key must be leaseKey alone");
  });

  it("leaves rows alone that are no leases, and those of other streams", async () => {
    const name = aTable();
    const store = await open(name, stream);
    await store.create(lease);
    for (const key of ["Leader", "123456789012:other:1795247998:shardId-000000000000"])
      await client().send(
        new PutItemCommand({ TableName: name, Item: { leaseKey: { S: key }, entityType: { S: "x" } } }),
      );
    expect(await store.list(true)).toEqual([lease]);
  });

  it("names the row that cannot be read", async () => {
    const name = aTable();
    const store = await open(name);
    const Item = { leaseKey: { S: "shardId-7" }, leaseCounter: { N: "1" }, checkpoint: { S: "yesterday" } };
    await client().send(new PutItemCommand({ TableName: name, Item }));
    await expect(store.list(true)).rejects.toThrow(
      'the lease of shardId-7 cannot be read: {"S":"yesterday"}',
    );
  });

  it("ends a checkpoint that a KCL application had prepared with the next one", async () => {
    const name = aTable();
    const store = await open(name);
    await store.create(lease);
    const { Items } = await client().send(new ScanCommand({ TableName: name }));
    const pending = { pendingCheckpoint: { S: "17" }, pendingCheckpointSubSequenceNumber: { N: "0" } };
    await client().send(
      new PutItemCommand({ TableName: name, Item: { ...Items?.[0], ...pending, other: { S: "y" } } }),
    );
    await store.change(lease, { raisesCounter: true, owner: "a" });
    const checkpoint = { kind: "at", position: { sequence: "12", subsequence: 3 } } as const;
    await store.change({ ...lease, owner: "a", counter: 1 }, { raisesCounter: true, checkpoint });
    expect((await client().send(new ScanCommand({ TableName: name }))).Items).toEqual([
      {
        leaseKey: { S: lease.shard },
        leaseOwner: { S: "a" },
        leaseCounter: { N: "2" },
        checkpoint: { S: "12" },
        checkpointSubSequenceNumber: { N: "3" },
        ownerSwitchesSinceCheckpoint: { N: "0" },
        other: { S: "y" },
      },
    ]);
  });
});
