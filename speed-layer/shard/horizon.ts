import type { EpochMs, SequenceNumber, Tick } from "@freshet/model";
import type { LogPlace } from "./checkpoint.js";

/** Where the ticks within the dedupe horizon begin in the log: what a restart reads again. */
export interface HorizonMarks {
  /** A record raised the tick; the place before it. */
  raised(tick: Tick, place: LogPlace): void;
  /** The place from which on lie all records of ticks at most a horizon before `tick`; `otherwise` where none is marked. */
  placeFor(tick: Tick, otherwise: LogPlace): LogPlace;
}

export const createHorizonMarks = (horizonTicks: number): HorizonMarks => {
  let marks: { readonly tick: Tick; readonly place: LogPlace }[] = [];
  return {
    raised(tick, place) {
      if ((marks.at(-1)?.tick ?? Number.NEGATIVE_INFINITY) < tick) marks.push({ tick, place });
    },
    placeFor(tick, otherwise) {
      const least = tick - horizonTicks;
      if ((marks[0]?.tick ?? least) < least) marks = marks.filter((mark) => mark.tick >= least);
      return marks[0]?.place ?? otherwise;
    },
  };
};

export const place = (after: SequenceNumber | null, clockMs: number): LogPlace => ({
  after,
  clockMs: clockMs as EpochMs,
});
