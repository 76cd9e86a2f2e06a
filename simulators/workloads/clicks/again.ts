import type { Random } from "../../random/random.js";

/** Events that will arrive once more, by the place in the stream at which they do. */
export interface Again {
  /** Keeps an event, to come within `WITHIN_EVENTS` places from `place` on. */
  keep(place: number, event: Uint8Array): void;
  /** What comes at this place; each is asked for once, in order. */
  due(place: number): Uint8Array | undefined;
}

const WITHIN_EVENTS = 65_536;

export const createAgain = (random: Random): Again => {
  const kept: (Uint8Array | undefined)[] = Array.from({ length: WITHIN_EVENTS }, () => undefined);
  return {
    keep(place, event) {
      let at = place + random.integer(WITHIN_EVENTS);
      while (kept[at % WITHIN_EVENTS] !== undefined) at++;
      kept[at % WITHIN_EVENTS] = event;
    },
    due(place) {
      const event = kept[place % WITHIN_EVENTS];
      kept[place % WITHIN_EVENTS] = undefined;
      return event;
    },
  };
};
