import type { Checkpoint } from "../lease/checkpoint.js";
import type { Lease } from "../lease/lease.js";
import type { Position } from "../lease/position.js";
import type { InitialPosition } from "../plan/newLeases.js";
import type { StartingPoint } from "./stream.js";

export interface Start {
  readonly from: StartingPoint;
  /** What lies at or before this has been worked already. */
  readonly after: Position | null;
}

const fromTime = (timeMs: number | null, otherwise: StartingPoint): StartingPoint =>
  timeMs === null ? otherwise : { kind: "timestamp", timeMs };

/**
 * Where to read from. A checkpoint may stand in the middle of an aggregate, and its subsequence does not say whether: so
 * the record that it names is read again, and what was worked of it is left out.
 */
export const startOf = (
  checkpoint: Checkpoint,
  { startMs }: Pick<Lease, "startMs">,
  initial: InitialPosition,
): Start => {
  const initialMs = initial.kind === "timestamp" ? initial.timeMs : null;
  switch (checkpoint.kind) {
    case "at":
      return {
        from: { kind: "atSequence", sequence: checkpoint.position.sequence },
        after: checkpoint.position,
      };
    case "latest":
      return { from: fromTime(startMs, { kind: "latest" }), after: null };
    case "atTimestamp":
      return { from: fromTime(startMs ?? initialMs, { kind: "trimHorizon" }), after: null };
    case "trimHorizon":
    case "shardEnd":
      return { from: { kind: "trimHorizon" }, after: null };
  }
};
