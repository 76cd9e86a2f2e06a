import { createHash } from "node:crypto";
import type { BodyPointer, SegmentRecord, Tip } from "@freshet/model";
import type { DeadLetter } from "@freshet/storage";
import type { SegmentFold } from "../fold/segmentFold.js";
import type { Work } from "../work.js";
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

const SLICE_GROUPS = 2_048;
const SLICE_BYTES = 2 ** 20;
/** Hashed in the time that an event takes. */
const BYTES_OF_EVENT = 512;

/** What a segment adds so far, and the hash of it. Nothing may be folded into it meanwhile. */
export function* bodyOf(fold: SegmentFold): Work<{ readonly bytes: Uint8Array; readonly bodyHash: string }> {
  const emission = fold.emit();
  let bytes = emission.step(SLICE_GROUPS);
  for (; bytes === null; bytes = emission.step(SLICE_GROUPS)) yield SLICE_GROUPS;
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    const slice = bytes.subarray(at, at + SLICE_BYTES);
    hash.update(slice);
    yield slice.length / BYTES_OF_EVENT;
  }
  return { bytes, bodyHash: hash.digest("hex") };
}
