import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { StorageError } from "../errors.js";
import { Documents } from "./documentsConfig.js";

const Text = Type.String({ minLength: 1 });
const Count = Type.Integer({ minimum: 1 });
const Endpoint = Type.String({ pattern: "^https?://[^/]+" });

const Folder = Type.String({ pattern: "^.+/$" });

/** An item has 400 KB at most, its record included. */
const INLINE_BYTES_MAX = 256 * 1024;

const DirectoryStore = Type.Object(
  { kind: Type.Literal("directory"), dir: Text, documents: Type.Optional(Documents) },
  { additionalProperties: false },
);

const AwsStore = Type.Object(
  {
    kind: Type.Literal("aws"),
    region: Text,
    /** Of the Kinesis stream that is the log. */
    stream: Text,
    /** In DynamoDB. */
    table: Text,
    bucket: Text,
    /** Before every key of the bucket: empty, or with `/` at its end. */
    prefix: Type.Optional(Type.String({ pattern: "^(?:.+/)?$" })),
    /** For scratch files, and copies of what DuckDB reads. */
    localDir: Text,
    localBytesMax: Type.Optional(Count),
    /** Of servers that speak these protocols; AWS' own where absent. */
    endpoints: Type.Optional(
      Type.Object(
        {
          kinesis: Type.Optional(Endpoint),
          dynamodb: Type.Optional(Endpoint),
          s3: Type.Optional(Endpoint),
          lambda: Type.Optional(Endpoint),
          sqs: Type.Optional(Endpoint),
        },
        { additionalProperties: false },
      ),
    ),
    /** For servers on this machine; on AWS the SDK's default chain finds them. */
    credentials: Type.Optional(
      Type.Object({ accessKeyId: Text, secretAccessKey: Text }, { additionalProperties: false }),
    ),
    /** Milliseconds between reads of a shard that stands at its end. */
    pollMs: Type.Optional(Type.Integer({ minimum: 10 })),
    /** How who folds a shard reads it: enhanced fan-out has a price, and 2 MB/s a shard of its own. Polling where absent. */
    reader: Type.Optional(Type.Union([Type.Literal("polling"), Type.Literal("fanOut")])),
    /** Milliseconds between flushes of open segments. */
    flushMs: Type.Optional(Type.Integer({ minimum: 10 })),
    /** Milliseconds between two looks of a reader at what is new. */
    lookMs: Type.Optional(Type.Integer({ minimum: 10 })),
    /** Increment bodies up to this size lie inside their record in DynamoDB, larger ones in the bucket. */
    inlineBytesMax: Type.Optional(Type.Integer({ minimum: 0, maximum: INLINE_BYTES_MAX })),
    /** What the log is begun with, and what it must have been begun with. */
    log: Type.Optional(
      Type.Object(
        {
          segmentMs: Type.Optional(Count),
          segmentEventsMax: Type.Optional(Count),
          dedupeHorizonMs: Type.Optional(Count),
        },
        { additionalProperties: false },
      ),
    ),
    deadLettersMax: Type.Optional(Count),
    documents: Type.Optional(Documents),
    /** Landing by Firehose: below the lake's prefix, where it delivers, and where it puts what it could not. */
    firehose: Type.Optional(
      Type.Object({ prefix: Folder, errorPrefix: Folder }, { additionalProperties: false }),
    ),
    /** The function that is mapped to the stream: its name or ARN. */
    lambda: Type.Optional(Type.Object({ fold: Text }, { additionalProperties: false })),
    /** Where the collector keeps what the log does not take: a folder of one process alone, or a queue. */
    spool: Type.Optional(
      Type.Union([
        Type.Object(
          { kind: Type.Literal("disk"), dir: Text, bytesMax: Type.Optional(Count) },
          { additionalProperties: false },
        ),
        Type.Object({ kind: Type.Literal("sqs"), queueUrl: Endpoint }, { additionalProperties: false }),
      ]),
    ),
  },
  { additionalProperties: false },
);

export type DirectoryStoreConfig = Readonly<Static<typeof DirectoryStore>>;
export type AwsLineConfig = Readonly<Static<typeof AwsStore>>;

/** Where everything is kept; plain JSON, so that a thread can be given it. */
export type StoreConfig = DirectoryStoreConfig | AwsLineConfig;

const validators = { directory: Compile(DirectoryStore), aws: Compile(AwsStore) };

const kindOf = (value: unknown): StoreConfig["kind"] | null => {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : null;
  return kind === "directory" || kind === "aws" ? kind : null;
};

/** @param origin where the text came from, for messages. @throws StorageError `invalid`, which names what is wrong */
export const parseStoreConfig = (text: string, origin: string): StoreConfig => {
  const refuse = (why: string, cause?: unknown): StorageError =>
    new StorageError("invalid", `${origin}: ${why}; docs/configuration.md has an example`, cause);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(`no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const kind = kindOf(value);
  if (kind === null) throw refuse('`kind` must be "directory" or "aws"');
  const validator = validators[kind];
  if (validator.Check(value)) return value;
  const [error] = validator.Errors(value);
  const named = error?.keyword === "additionalProperties" ? error.params.additionalProperties.join(", ") : "";
  throw refuse([error?.instancePath || "/", error?.message ?? "does not fit", named].join(" ").trim());
};

/** A local directory of this store's: the data directory, or where it keeps scratch files. */
export const localDirOf = (config: StoreConfig): string =>
  config.kind === "directory" ? config.dir : config.localDir;
