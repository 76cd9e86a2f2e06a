import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { S3Client } from "@aws-sdk/client-s3";
import { NodeHttp2Handler, NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsLogConfig, AwsStoreConfig } from "./config.js";
import { counted } from "./requestCounts.js";

/** Standard mode: exponential back-off with jitter, and a budget that stops a storm of retries. */
const ATTEMPTS_MAX = 6;
const CONNECT_TIMEOUT_MS = 2_000;
/** Both services answer in tens of milliseconds; a connection that went silent is left. */
const DYNAMO_TIMEOUT_MS = 5_000;
const S3_TIMEOUT_MS = 30_000;
const KINESIS_TIMEOUT_MS = 20_000;
const KINESIS_ATTEMPTS_MAX = 2;
const KINESIS_SOCKETS_MAX = 64;

const common = ({ region, credentials }: Pick<AwsStoreConfig, "region" | "credentials">) => ({
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
  counted(
    new DynamoDBClient({
      ...common(config),
      requestHandler: config.dynamo.requestHandler ?? handlerOf(DYNAMO_TIMEOUT_MS),
      ...(config.dynamo.endpoint && { endpoint: config.dynamo.endpoint }),
    }),
    "dynamodb",
    config.counts,
  );

/** Buckets of an endpoint of one's own stand in the path: `bucket.127.0.0.1` is no name. */
export const s3Client = (config: AwsStoreConfig): S3Client =>
  counted(
    new S3Client({
      ...common(config),
      requestHandler: config.lake.requestHandler ?? handlerOf(S3_TIMEOUT_MS),
      ...(config.lake.endpoint && { endpoint: config.lake.endpoint, forcePathStyle: true }),
    }),
    "s3",
    config.counts,
  );

/**
 * HTTP/1.1 over kept connections: the SDK's own handler for Kinesis opens a TLS and an HTTP/2 session for each request
 * (aws-sdk-js-v3 #8279), and servers on this machine speak HTTP/2 without TLS badly. It tries a request once or twice: who reads
 * tries again by itself, who appends is told.
 */
export const kinesisClient = (config: AwsStoreConfig & { readonly log: AwsLogConfig }): KinesisClient =>
  counted(
    new KinesisClient({
      ...common(config),
      maxAttempts: KINESIS_ATTEMPTS_MAX,
      requestHandler:
        config.log.requestHandler ??
        new NodeHttpHandler({
          ...handlerOf(KINESIS_TIMEOUT_MS),
          httpAgent: { keepAlive: true, maxSockets: KINESIS_SOCKETS_MAX },
          httpsAgent: { keepAlive: true, maxSockets: KINESIS_SOCKETS_MAX },
        }),
      ...(config.log.endpoint && { endpoint: config.log.endpoint }),
    }),
    "kinesis",
    config.counts,
  );

/** Subscriptions need HTTP/2 on AWS; each has a session of its own, and who reads it watches over it. */
export const fanOutClient = (config: AwsStoreConfig & { readonly log: AwsLogConfig }): KinesisClient =>
  new KinesisClient({
    ...common(config),
    maxAttempts: 1,
    requestHandler: config.log.requestHandler ?? new NodeHttp2Handler(),
    ...(config.log.endpoint && { endpoint: config.log.endpoint }),
  });
