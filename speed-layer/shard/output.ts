import { createHash } from "node:crypto";
import type { BodyPointer, SegmentRecord, Tip } from "@freshet/model";
import type { DeadLetter } from "@freshet/storage";
import type { Checkpoint } from "./checkpoint.js";

/** A segment record to be written, and its body: new bytes, or where they lie already. */
export interface SegmentOutput {
  readonly record: Omit<SegmentRecord, "body">;
  readonly body:
    | { readonly kind: "bytes"; readonly bytes: Uint8Array }
    | { readonly kind: "stored"; readonly pointer: BodyPointer };
}

/** What a shard has to write. The tip and the checkpoint hold once all before them is acknowledged. */
export interface ShardOutput {
  readonly letters: readonly DeadLetter[];
  /** In key order; the last may be unfinished. */
  readonly segments: readonly SegmentOutput[];
  readonly tip: Tip | null;
  readonly checkpoint: Checkpoint;
}

export const hashOf = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");
