import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { KinesisClientConfig } from "@aws-sdk/client-kinesis";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { RequestCounts } from "./requestCounts.js";
import type { StorePace } from "../pace.js";

/** Where Freshet's tables and lake lie on AWS, or on a server that speaks its protocols. */
export interface AwsStoreConfig {
  readonly region: string;
  /** The SDK's default chain where absent. */
  readonly credentials?: DynamoDBClientConfig["credentials"];
  readonly dynamo: {
    readonly table: string;
    readonly endpoint?: string;
    /** In place of the SDK's own. */
    readonly requestHandler?: DynamoDBClientConfig["requestHandler"];
  };
  readonly lake: {
    readonly bucket: string;
    /** Before every key: empty, or with `/` at its end. */
    readonly prefix?: string;
    readonly endpoint?: string;
    readonly requestHandler?: S3ClientConfig["requestHandler"];
    /** A local directory for scratch files and copies of what DuckDB reads. */
    readonly localDir: string;
    readonly localBytesMax?: number;
  };
  /** In place of `AWS_PACE`'s. */
  readonly pace?: Partial<StorePace>;
  /** Of what is sent; none where absent. */
  readonly counts?: RequestCounts | undefined;
  /** The oldest dead letters go when there are more. */
  readonly deadLettersMax?: number;
}

/** The stream that is the log. */
export interface AwsLogConfig {
  readonly stream: string;
  readonly endpoint?: string;
  readonly requestHandler?: KinesisClientConfig["requestHandler"];
  /** Between reads of a shard that stands at its end. */
  readonly pollMs?: number;
  /** The stream's consumer for enhanced fan-out, by name; polling where absent. */
  readonly fanOutConsumer?: string;
}
