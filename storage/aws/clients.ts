import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import type { AwsStoreConfig } from "./config.js";

/** Standard mode: exponential back-off with jitter, and a budget that stops a storm of retries. */
const ATTEMPTS_MAX = 6;
const CONNECT_TIMEOUT_MS = 2_000;
/** Both services answer in tens of milliseconds; a connection that went silent is left. */
const DYNAMO_TIMEOUT_MS = 5_000;
const S3_TIMEOUT_MS = 30_000;

const common = ({ region, credentials }: AwsStoreConfig) => ({
  region,
  maxAttempts: ATTEMPTS_MAX,
  retryMode: "standard",
  ...(credentials && { credentials }),
});

const handlerOf = (requestTimeout: number) => ({
  connectionTimeout: CONNECT_TIMEOUT_MS,
  requestTimeout,
  throwOnRequestTimeout: true,
});

export const dynamoClient = (config: AwsStoreConfig): DynamoDBClient =>
  new DynamoDBClient({
    ...common(config),
    requestHandler: config.dynamo.requestHandler ?? handlerOf(DYNAMO_TIMEOUT_MS),
    ...(config.dynamo.endpoint && { endpoint: config.dynamo.endpoint }),
  });

/** Buckets of an endpoint of one's own stand in the path: `bucket.127.0.0.1` is no name. */
export const s3Client = (config: AwsStoreConfig): S3Client =>
  new S3Client({
    ...common(config),
    requestHandler: config.lake.requestHandler ?? handlerOf(S3_TIMEOUT_MS),
    ...(config.lake.endpoint && { endpoint: config.lake.endpoint, forcePathStyle: true }),
  });
