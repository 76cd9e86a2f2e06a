/** One event too large to be kept: how it begins, and its size. */
export class OversizeEvent {
  constructor(
    readonly head: Uint8Array,
    readonly bytes: number,
  ) {}
}

/** An event as an object, or as the bytes of its JSON. */
export type IntakeEvent = object | Uint8Array | OversizeEvent;

/** Events that lie in one buffer as the bytes of their JSON, in order. */
export class EventLines {
  constructor(
    readonly bytes: Buffer,
    readonly starts: readonly number[],
    readonly ends: readonly number[],
  ) {}
  get length(): number {
    return this.starts.length;
  }
  /** A view. */
  at(index: number): Buffer {
    return this.bytes.subarray(this.starts[index], this.ends[index]);
  }
}

export type IntakeEvents = readonly IntakeEvent[] | EventLines;

/** Each by itself. */
export const eachEvent = (events: IntakeEvents): readonly IntakeEvent[] =>
  events instanceof EventLines ? events.starts.map((_, index) => events.at(index)) : events;
