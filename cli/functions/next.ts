import { type NextStep, nextStepOf } from "@freshet/batch-layer";
import { openToLook } from "./store.js";

let opening: ReturnType<typeof openToLook> | null = null;

/** The state machine of batch asks it between the steps of a run: which job is to be run, or none any more. */
export const handler = async ({ run }: { readonly run: string }): Promise<NextStep> => {
  opening ??= openToLook();
  try {
    return await nextStepOf((await opening).records, run);
  } catch (error) {
    opening = null;
    throw error;
  }
};
