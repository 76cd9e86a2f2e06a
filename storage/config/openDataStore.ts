import { openDataDirectory } from "../dataDirectory.js";
import type { DataStore } from "../dataStore.js";
import { type DataStoreOptions, openAwsLine } from "./openAwsLine.js";
import type { StoreConfig } from "./storeConfig.js";

/** Opens what the configuration names; several processes and threads may have it open at once. @throws StorageError */
export const openDataStore = (config: StoreConfig, options: DataStoreOptions = {}): Promise<DataStore> => {
  const { create, now = Date.now } = options;
  switch (config.kind) {
    case "directory":
      return openDataDirectory(config.dir, { create, now });
    case "aws":
      return openAwsLine(config, options);
  }
};
