import { type BatchReadiness, readBatchReadiness } from "@freshet/batch-layer";
import { openStore } from "./store.js";

let opening: ReturnType<typeof openStore> | null = null;

/** The state machine of batch asks it before a run: whether the last whole hour has landed. */
export const handler = async (): Promise<BatchReadiness> => {
  opening ??= openStore();
  try {
    return await readBatchReadiness(await opening, Date.now());
  } catch (error) {
    opening = null;
    throw error;
  }
};
