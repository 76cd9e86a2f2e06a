import { StorageError } from "@freshet/storage";
import { FuseBlown } from "./fuse.js";

/** Why the layer, or one shard of it, stopped. */
export type FailureKind =
  | "fuse" // most events were bad
  | "conflict" // a stored finished segment differs from what was folded: a defect
  | "storage" // a full disk, a corrupt file
  | "defect";

export class SpeedFailure extends Error {
  override readonly name = "SpeedFailure";
  constructor(
    readonly kind: FailureKind,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

export const asSpeedFailure = (error: unknown): SpeedFailure => {
  if (error instanceof SpeedFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof FuseBlown) return new SpeedFailure("fuse", message, error);
  if (error instanceof StorageError) return new SpeedFailure("storage", message, error);
  return new SpeedFailure("defect", message, error);
};
