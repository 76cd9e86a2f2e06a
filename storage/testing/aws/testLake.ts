import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import type { Lake } from "../../lake/port.js";
import { openS3Lake } from "../../lake/s3Lake.js";
import { temporaryDirectory } from "../temporaryDirectory.js";
import type { TestHandler } from "./handler.js";
import { withoutPauses } from "./patience.js";
import { TEST_CREDENTIALS, TEST_REGION } from "./testTable.js";

/** Asks nobody's network: a request handler answers. */
export const memoryS3Client = (handler: TestHandler): S3Client =>
  new S3Client({
    region: TEST_REGION,
    endpoint: "http://s3.invalid",
    forcePathStyle: true,
    credentials: TEST_CREDENTIALS,
    requestHandler: handler,
    retryStrategy: withoutPauses,
  });

/** Of a server on this machine; gone when the running test ends. */
export const serverS3Client = (endpoint: string): S3Client => {
  const client = new S3Client({
    region: TEST_REGION,
    endpoint,
    forcePathStyle: true,
    credentials: TEST_CREDENTIALS,
  });
  onTestFinished(() => client.destroy());
  return client;
};

/** A lake in a bucket of its own for the running test. */
export const openServerLake = async (endpoint: string, prefix = ""): Promise<Lake> => {
  const client = serverS3Client(endpoint);
  const bucket = `freshet-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return openTestLake(client, bucket, prefix);
};

export const openTestLake = async (client: S3Client, bucket: string, prefix = ""): Promise<Lake> =>
  openS3Lake({
    client,
    bucket,
    prefix,
    localDir: await temporaryDirectory(),
    now: Date.now,
    newId: randomUUID,
  });
