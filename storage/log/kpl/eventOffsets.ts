/** Where events lie in a buffer, in order. */
export interface EventOffsets {
  starts: Int32Array;
  ends: Int32Array;
  count: number;
}

const EVENTS_FIRST = 1024;

export const createEventOffsets = (): EventOffsets => ({
  starts: new Int32Array(EVENTS_FIRST),
  ends: new Int32Array(EVENTS_FIRST),
  count: 0,
});

/** A longer copy: at least doubled. */
export const grown = (column: Int32Array, countMin: number): Int32Array => {
  const longer = new Int32Array(Math.max(column.length * 2, countMin));
  longer.set(column);
  return longer;
};

export const pushEvent = (offsets: EventOffsets, start: number, end: number): void => {
  const index = offsets.count++;
  if (index === offsets.starts.length) {
    offsets.starts = grown(offsets.starts, index + 1);
    offsets.ends = grown(offsets.ends, index + 1);
  }
  offsets.starts[index] = start;
  offsets.ends[index] = end;
};
