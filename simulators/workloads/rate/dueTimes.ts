import { type RateCurve, rateAt } from "./rateCurve.js";

/** The moments at which events are meant to be sent, one after the other. */
export interface DueTimes {
  /** Milliseconds from the start; infinite at the end. */
  readonly dueMs: number;
  advance(): void;
}

const MS_PER_SECOND = 1_000;
/** What adding up fractions may lose. */
const ROUNDING = 1e-9;

/** As many in each millisecond as the curve has there, evenly; what is less than one is carried on. */
export const createDueTimes = (curve: RateCurve, durationMs: number): DueTimes => {
  let slotMs = -1;
  /** Of the slot: how many there are, and how many were. */
  let count = 0;
  let done = 0;
  let carried = 0;
  let dueMs = 0;
  const nextSlot = (): void => {
    do {
      slotMs++;
      if (slotMs >= durationMs) {
        dueMs = Number.POSITIVE_INFINITY;
        return;
      }
      carried += rateAt(curve, slotMs) / MS_PER_SECOND;
      count = Math.floor(carried + ROUNDING);
      carried -= count;
    } while (count === 0);
    done = 0;
    dueMs = slotMs;
  };
  nextSlot();
  return {
    get dueMs() {
      return dueMs;
    },
    advance() {
      if (++done < count) dueMs = slotMs + done / count;
      else nextSlot();
    },
  };
};
