import type { DataStore } from "../dataStore.js";
import type { AwsStoreConfig } from "./config.js";
import type { AwsLog } from "./store.js";

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
