import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { createFaulty } from "../testing/aws/faults.js";
import { createMemoryS3 } from "../testing/aws/s3/memoryS3.js";
import { memoryS3Client } from "../testing/aws/testLake.js";
import { openTestTable } from "../testing/aws/testTable.js";
import { counted, createRequestCounts, outcomeOf } from "./requestCounts.js";

const endpoint = dynaliteForTests();
const WRITES = 60;

it("S3: counts each attempt by what became of it: a refused write costs one, and a throttled one comes again", async () => {
  const counts = createRequestCounts();
  const { client, name } = await openTestTable(endpoint());
  counted(client, "dynamodb", counts);
  const put = new PutItemCommand({
    TableName: name,
    Item: { pk: { S: "a" }, sk: { S: "b" } },
    ConditionExpression: "attribute_not_exists(pk)",
  });
  await client.send(put);
  await expect(client.send(put)).rejects.toThrow();
  expect(counts.all).toEqual([
    {
      service: "dynamodb",
      operation: "PutItem",
      outcomes: { done: 1, refused: 1, throttled: 0, failed: 0 },
      retries: 0,
    },
  ]);
});

it("S3: tells throttles and lost answers, and how often a request went again for them", async () => {
  const counts = createRequestCounts();
  const faulty = createFaulty(createMemoryS3("b").handler, { answerLost: 0.2, throttled: 0.3 }, 7);
  const client = memoryS3Client(faulty.handler);
  counted(client, "s3", counts);
  for (let n = 0; n < WRITES; n++)
    await client.send(new PutObjectCommand({ Bucket: "b", Key: `k${n}`, Body: Buffer.from("x") }));
  const [one] = counts.all;
  expect(faulty.seen.throttled).toBeGreaterThan(5);
  expect(faulty.seen.answersLost).toBeGreaterThan(5);
  expect(one).toEqual({
    service: "s3",
    operation: "PutObject",
    outcomes: {
      done: WRITES,
      refused: 0,
      throttled: faulty.seen.throttled,
      failed: faulty.seen.answersLost,
    },
    retries: faulty.seen.requests - WRITES,
  });
});

it("adds what other threads have sent, as they said last", () => {
  const [main, thread] = [createRequestCounts(), createRequestCounts()];
  for (const counts of [main, thread]) {
    counts.begun("s3", "PutObject");
    counts.attempted("s3", "PutObject", "throttled");
    counts.attempted("s3", "PutObject", "done");
  }
  main.takeIn("t1", thread.all);
  thread.begun("dynamodb", "PutItem");
  thread.attempted("dynamodb", "PutItem", "refused");
  main.takeIn("t1", thread.all);
  main.takeIn("t2", thread.all);
  expect(main.all).toEqual([
    {
      service: "s3",
      operation: "PutObject",
      outcomes: { done: 3, refused: 0, throttled: 3, failed: 0 },
      retries: 3,
    },
    {
      service: "dynamodb",
      operation: "PutItem",
      outcomes: { done: 0, refused: 2, throttled: 0, failed: 0 },
      retries: 0,
    },
  ]);
});

it("takes what is no service's error for a failure", () => {
  expect(outcomeOf(new TypeError("x"))).toBe("failed");
  expect(outcomeOf("x")).toBe("failed");
  expect(outcomeOf(Object.assign(new Error("x"), { name: "SlowDown" }))).toBe("throttled");
  expect(outcomeOf(Object.assign(new Error("x"), { name: "PreconditionFailed" }))).toBe("refused");
});
