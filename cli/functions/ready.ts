import { type BatchReadiness, readBatchReadiness } from "@freshet/batch-layer";
import { openToLook } from "./store.js";

let opening: ReturnType<typeof openToLook> | null = null;

/** The state machine of batch asks it before a run: whether the last whole hour has landed. */
export const handler = async (): Promise<BatchReadiness> => {
  opening ??= openToLook();
  try {
    return await readBatchReadiness(await opening, Date.now());
  } catch (error) {
    opening = null;
    throw error;
  }
};
