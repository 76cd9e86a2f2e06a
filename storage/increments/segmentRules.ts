import type { SegmentRecord } from "@freshet/model";

export type SegmentVerdict = "written" | "standing" | "conflict";

/**
 * What becomes of a write where `standing` is stored: an open segment only grows, and to be finished counts as growth;
 * a finished one stays as it is, but may yet be marked as its shard's last. A shorter or equal write by a stale worker
 * is no error; a write that contradicts a finished segment is a defect.
 */
export const judgeSegmentWrite = (standing: SegmentRecord | null, next: SegmentRecord): SegmentVerdict => {
  if (standing === null) return "written";
  if (standing.firstSequence !== next.firstSequence) return "conflict";
  if (standing.finished) {
    if (next.lastSequence > standing.lastSequence) return "conflict";
    if (!next.finished && next.lastSequence < standing.lastSequence) return "standing";
    if (next.lastSequence !== standing.lastSequence || next.bodyHash !== standing.bodyHash) return "conflict";
    return next.finished && next.ended && !standing.ended ? "written" : "standing";
  }
  if (next.lastSequence > standing.lastSequence) return "written";
  if (!next.finished) return "standing";
  return next.lastSequence === standing.lastSequence ? "written" : "conflict";
};
