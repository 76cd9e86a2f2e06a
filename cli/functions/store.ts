import { openDataStore, parseStoreConfig } from "@freshet/storage";
import { NEW_LOG } from "../wiring/newLog.js";

const STORE = "FRESHET_STORE";

/** What the environment names; whoever comes first begins the log on the stream. @throws StorageError */
export const openStore = () =>
  openDataStore(parseStoreConfig(process.env[STORE] ?? "", STORE), { create: NEW_LOG });
