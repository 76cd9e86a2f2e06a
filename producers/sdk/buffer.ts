import type { Pending } from "./pending.js";

/** Every event without an outcome, oldest first, within its bounds. */
export interface EventBuffer {
  readonly events: number;
  readonly bytes: number;
  /** False when there is no room. */
  add(pending: Pending): boolean;
  remove(pending: Pending): void;
  oldest(): Pending | null;
  all(): Pending[];
  /** Resolves when the buffer is less than half full; first come, first served, as many at a time as there is room for. */
  ready(): Promise<void>;
  /** Lets those in who wait for room that is there now. */
  admit(): void;
}

const READY_BELOW = 0.5;

export const createBuffer = (bounds: {
  readonly eventsMax: number;
  readonly bytesMax: number;
}): EventBuffer => {
  const held = new Set<Pending>();
  let waiters: (() => void)[] = [];
  let bytes = 0;
  const hasRoom = (): boolean =>
    held.size < Math.max(1, bounds.eventsMax * READY_BELOW) && bytes < bounds.bytesMax * READY_BELOW;
  return {
    get events() {
      return held.size;
    },
    get bytes() {
      return bytes;
    },
    add(pending) {
      const size = pending.event.json.length;
      if (held.size >= bounds.eventsMax || bytes + size > bounds.bytesMax) return false;
      held.add(pending);
      bytes += size;
      return true;
    },
    remove(pending) {
      if (held.delete(pending)) bytes -= pending.event.json.length;
    },
    oldest: () => held.values().next().value ?? null,
    all: () => [...held],
    ready: () => {
      if (waiters.length === 0 && hasRoom()) return Promise.resolve();
      return new Promise((resolve) => waiters.push(resolve));
    },
    admit() {
      if (waiters.length === 0 || !hasRoom()) return;
      const free = bounds.eventsMax - held.size;
      const admitted = waiters.slice(0, free);
      waiters = waiters.slice(free);
      for (const resolve of admitted) resolve();
    },
  };
};
