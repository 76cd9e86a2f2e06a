import { randomUUID } from "node:crypto";
import type { DataStore, Stores } from "../dataStore.js";
import { LAKE_IDENTITY } from "../directory/layout.js";
import { createDynamoDeadLetters } from "../documents/dynamoDeadLetters.js";
import { StorageError } from "../errors.js";
import { createDynamoIncrements } from "../increments/dynamoIncrements.js";
import type { Lake } from "../lake/port.js";
import { openS3Lake } from "../lake/s3Lake.js";
import { createDynamoLeases } from "../lease/dynamoLeases.js";
import type { LogIdentity } from "../log/port.js";
import type { Records } from "../records/port.js";
import { IDENTITY_RECORD } from "../log/identity.js";
import { createDynamoRecords } from "../records/dynamoRecords.js";
import { checkBucket, checkTable } from "./checks.js";
import { dynamoClient, s3Client } from "./clients.js";
import type { AwsStoreConfig } from "./config.js";
import type { AwsLog } from "./openAwsStore.js";
import { createServerClock, watchServerClock } from "./serverClock.js";
import { createDynamoTable } from "./table/dynamoTable.js";

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
  await records.replace<LogIdentity>(IDENTITY_RECORD, 0, identity);
  const kept = await records.get<LogIdentity>(IDENTITY_RECORD);
  if (kept?.value.id !== identity.id)
    throw refuse(`the table ${config.dynamo.table}`, kept?.value.id ?? "of nobody");
  try {
    await lake.put(LAKE_IDENTITY, Buffer.from(`${JSON.stringify(identity, null, 2)}\n`));
  } catch (error) {
    if (!(error instanceof StorageError && error.kind === "mismatch")) throw error;
    const { id } = JSON.parse(Buffer.from(await lake.get(LAKE_IDENTITY)).toString("utf8")) as LogIdentity;
    if (id !== identity.id)
      throw refuse(`the lake s3://${config.lake.bucket}/${config.lake.prefix ?? ""}`, id);
  }
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
    };
    const log = await openLog(stores);
    await guardIdentity(stores, log.identity, config);
    return {
      ...stores,
      log,
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
