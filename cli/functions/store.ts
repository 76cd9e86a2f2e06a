import { openDataStore, parseStoreConfig } from "@freshet/storage";
import { NEW_LOG } from "../wiring/newLog.js";

const STORE = "FRESHET_STORE";

const configured = () => parseStoreConfig(process.env[STORE] ?? "", STORE);

/** What the environment names, for who writes: whoever comes first begins the log on the stream. @throws StorageError */
export const openToFold = () => openDataStore(configured(), { create: NEW_LOG });

/** For who only looks. @throws StorageError, also where no log has begun yet */
export const openToLook = () => openDataStore(configured());
