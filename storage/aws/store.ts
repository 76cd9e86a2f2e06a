import { randomUUID } from "node:crypto";
import type { DataStore, Stores } from "../dataStore.js";
import { LAKE_IDENTITY } from "../directory/layout.js";
import { createDynamoDeadLetters } from "../documents/dynamoDeadLetters.js";
import { createDynamoTrends } from "../documents/trend/dynamoTrends.js";
import { StorageError } from "../errors.js";
import { createDynamoIncrements } from "../increments/dynamoIncrements.js";
import type { Lake } from "../lake/port.js";
import { openS3Lake } from "../lake/s3Lake.js";
import { createDynamoLeases } from "../lease/dynamoLeases.js";
import type { LogIdentity, ShardAdmin, ShardLog } from "../log/port.js";
import { AWS_PACE } from "../pace.js";
import type { Records } from "../records/port.js";
import { IDENTITY_RECORD } from "../log/identity.js";
import { createDynamoRecords } from "../records/dynamoRecords.js";
import { checkBucket, checkTable } from "./checks.js";
import { dynamoClient, s3Client } from "./clients.js";
import type { AwsStoreConfig } from "./config.js";
import { createServerClock, watchServerClock } from "./serverClock.js";
import { createDynamoTable } from "./table/dynamoTable.js";

/**
 * Opens the log; what it keeps beside the stream (its identity, its checkpoints) it may keep in the stores. It tells the time by
 * the services' clock, since others are told how far it has read and when.
 */
export type AwsLog = (stores: Stores, now: () => number) => Promise<ShardLog & ShardAdmin>;

const unlessOf =
  (kind: StorageError["kind"]) =>
  (error: unknown): null => {
    if (error instanceof StorageError && error.kind === kind) return null;
    throw error;
  };

const identityOfTable = async (records: Records): Promise<string | null> =>
  (await records.get<LogIdentity>(IDENTITY_RECORD))?.value.id ?? null;

const identityOfLake = async (lake: Lake): Promise<string | null> => {
  const bytes = await lake.get(LAKE_IDENTITY).catch(unlessOf("missing"));
  return bytes && (JSON.parse(Buffer.from(bytes).toString("utf8")) as LogIdentity).id;
};

/** Table and lake belong to one log, by its identity; both say so from the first opening on. */
const guardIdentity = async (
  { records, lake }: { readonly records: Records; readonly lake: Lake },
  identity: LogIdentity,
  config: AwsStoreConfig,
): Promise<void> => {
  const refuse = (what: string, other: string): StorageError =>
    new StorageError(
      "mismatch",
      `${what} belongs to the log ${other}, this one is ${identity.id}: the stream was made anew, or the configuration names another's; nothing was changed; name a new table and a new prefix`,
    );
  let table = await identityOfTable(records);
  if (table === null) {
    await records.replace<LogIdentity>(IDENTITY_RECORD, 0, identity);
    table = await identityOfTable(records);
  }
  if (table !== identity.id) throw refuse(`the table ${config.dynamo.table}`, table ?? "of nobody");
  let found = await identityOfLake(lake);
  if (found === null) {
    await lake
      .put(LAKE_IDENTITY, Buffer.from(`${JSON.stringify(identity, null, 2)}\n`))
      .catch(unlessOf("mismatch"));
    found = await identityOfLake(lake);
  }
  if (found !== identity.id)
    throw refuse(`the lake s3://${config.lake.bucket}/${config.lake.prefix ?? ""}`, found ?? "of nobody");
};

/** @throws StorageError with a kind, before anything is changed. */
export const openStore = async (
  config: AwsStoreConfig,
  openLog: AwsLog,
  localNow: () => number,
): Promise<DataStore> => {
  const dynamo = dynamoClient(config);
  const s3 = s3Client(config);
  try {
    const clock = createServerClock(localNow);
    watchServerClock(dynamo, clock, localNow);
    await checkTable(dynamo, config.dynamo.table);
    await checkBucket(s3, config.lake.bucket);
    const table = createDynamoTable(dynamo, config.dynamo.table);
    const { bucket, prefix = "", localDir, localBytesMax } = config.lake;
    const lake = await openS3Lake({
      client: s3,
      bucket,
      prefix,
      localDir,
      ...(localBytesMax !== undefined && { localBytesMax }),
      now: localNow,
      newId: randomUUID,
    });
    const { deadLettersMax: lettersMax } = config;
    const stores: Stores = {
      increments: createDynamoIncrements(table),
      records: createDynamoRecords({ table, lake, newId: randomUUID }),
      leases: createDynamoLeases({ table, now: clock.now }),
      lake,
      deadLetters: createDynamoDeadLetters({
        table,
        now: clock.now,
        ...(lettersMax !== undefined && { lettersMax }),
      }),
      trends: createDynamoTrends({ table, place: `the table ${config.dynamo.table}`, now: clock.now }),
    };
    const log = await openLog(stores, clock.now);
    await guardIdentity(stores, log.identity, config);
    return {
      ...stores,
      log,
      now: clock.now,
      pace: { ...AWS_PACE, ...config.pace },
      place: `the log ${log.identity.id}, the table ${config.dynamo.table} and s3://${bucket}/${prefix}`,
      async close() {
        await log.close();
        dynamo.destroy();
        s3.destroy();
      },
    };
  } catch (error) {
    dynamo.destroy();
    s3.destroy();
    throw error;
  }
};
