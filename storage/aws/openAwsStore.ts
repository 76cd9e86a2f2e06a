import type { DataStore, Stores } from "../dataStore.js";
import type { ShardAdmin, ShardLog } from "../log/port.js";
import type { AwsStoreConfig } from "./config.js";

/** Opens the log; what it keeps beside the stream (its identity, its checkpoints) it may keep in the stores. */
export type AwsLog = (stores: Stores) => Promise<ShardLog & ShardAdmin>;

export interface AwsStoreOptions {
  readonly openLog: AwsLog;
  readonly now: () => number;
}

/**
 * Everything that is kept, on AWS: DynamoDB for what is small and conditional, S3 for what is large and immutable. The SDK's
 * modules are loaded by the first call, never by who stays on one machine.
 *
 * @throws StorageError with a kind, before anything is changed.
 */
export const openAwsStore = async (
  config: AwsStoreConfig,
  { openLog, now }: AwsStoreOptions,
): Promise<DataStore> => {
  const { openStore } = await import("./store.js");
  return openStore(config, openLog, now);
};
