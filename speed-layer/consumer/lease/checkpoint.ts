import { comparePositions, type Position } from "./position.js";

/** How far a shard has been processed: everything through `position`, all of it, or nothing yet and from where to begin. */
export type Checkpoint =
  | { readonly kind: "trimHorizon" }
  | { readonly kind: "latest" }
  | { readonly kind: "atTimestamp" }
  | { readonly kind: "at"; readonly position: Position }
  | { readonly kind: "shardEnd" };

export const TRIM_HORIZON: Checkpoint = { kind: "trimHorizon" };
export const LATEST: Checkpoint = { kind: "latest" };
export const AT_TIMESTAMP: Checkpoint = { kind: "atTimestamp" };
export const SHARD_END: Checkpoint = { kind: "shardEnd" };

export const checkpointAt = (position: Position): Checkpoint => ({ kind: "at", position });

const rank = ({ kind }: Checkpoint): number => (kind === "shardEnd" ? 2 : kind === "at" ? 1 : 0);

/** Positive where `a` stands for more work done than `b`; all beginnings are equal. */
export const compareCheckpoints = (a: Checkpoint, b: Checkpoint): number =>
  a.kind === "at" && b.kind === "at" ? comparePositions(a.position, b.position) : rank(a) - rank(b);

export const isSameCheckpoint = (a: Checkpoint, b: Checkpoint): boolean =>
  a.kind === b.kind && compareCheckpoints(a, b) === 0;
