import type { Stack } from "aws-cdk-lib";
import { Duration } from "aws-cdk-lib";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import type { AwsLineConfig, DocumentsConfig } from "@freshet/storage";
import { LAKE_PREFIX, type LakeStack } from "./lakeStack.js";
import type { StreamStack } from "./streamStack.js";
import type { ViewsStack } from "./viewsStack.js";

/** Where the line's data lie: what all who work on them are given, by reference. */
export interface LineStore {
  readonly stream: StreamStack;
  readonly views: ViewsStack;
  readonly lake: LakeStack;
}

/** Of the lake: where Firehose delivers, and where it puts what it could not. */
export const FIREHOSE = { prefix: "firehose/", errorPrefix: "firehose-errors/" } as const;

/** What a function may write to. */
export const FUNCTION_DIR = "/tmp/freshet";

export const STORE_VARIABLE = "FRESHET_STORE";

/** Kinesis lets a shard be read 5 times a second, by all readers: workers, Firehose and one to spare. */
const POLL_MS = Duration.seconds(1).toMilliseconds();

/**
 * The text of a store file, as docs/configuration.md has it; resolved when the stack is deployed.
 *
 * @param documents for the projector
 */
export const storeJson = (
  of: Stack,
  { stream, views, lake }: LineStore,
  localDir: string,
  documents?: DocumentsConfig,
): string => {
  const config: AwsLineConfig = {
    kind: "aws",
    region: of.region,
    stream: stream.stream.streamName,
    table: views.table.tableName,
    bucket: lake.bucket.bucketName,
    prefix: LAKE_PREFIX,
    localDir,
    pollMs: POLL_MS,
    firehose: FIREHOSE,
    ...(documents && { documents }),
  };
  return of.toJsonString(config);
};

/** All that speed, landing and batch do. */
export const grantWork = ({ stream, views, lake }: LineStore, grantee: IGrantable): void => {
  stream.grantRead(grantee);
  stream.grantAppend(grantee);
  views.grantReadWrite(grantee);
  lake.grantReadWrite(grantee);
};

/** All that the API and the collector do: questions, events in, keys, dead letters mended. */
export const grantServing = ({ stream, views, lake }: LineStore, grantee: IGrantable): void => {
  stream.grantRead(grantee);
  stream.grantAppend(grantee);
  views.grantReadWrite(grantee);
  lake.grantRead(grantee);
};

/** All that looking at the books does. */
export const grantLook = ({ stream, views, lake }: LineStore, grantee: IGrantable): void => {
  stream.grantRead(grantee);
  views.grantRead(grantee);
  lake.grantRead(grantee);
};
