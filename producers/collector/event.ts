/** One event too large to be kept: how it begins, and its size. */
export class OversizeEvent {
  constructor(
    readonly head: Uint8Array,
    readonly bytes: number,
  ) {}
}

/** An event as an object, or as the bytes of its JSON. */
export type IntakeEvent = object | Uint8Array | OversizeEvent;
