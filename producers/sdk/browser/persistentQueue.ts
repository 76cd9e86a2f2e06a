/** An event as it was emitted: what makes it the same event when it is emitted again. */
export interface KeptEvent {
  readonly type: string;
  readonly id: string;
  readonly timeMs: number;
  readonly fields: object;
}

/** Events without an outcome, kept until they have one, where the page may go away first. None of it may throw or reject. */
export interface PersistentQueue {
  add(event: KeptEvent): void;
  remove(id: string): void;
  /** What is there, oldest first. */
  all(): Promise<readonly KeptEvent[]>;
  clear(): void;
}

/** Beyond this the oldest go: a page that never reaches the collector must not fill the disk. */
export const KEPT_EVENTS_MAX = 1_000;

/** Kept no longer than the page. */
export const memoryQueue = (): PersistentQueue => {
  const events = new Map<string, KeptEvent>();
  return {
    add(event) {
      events.set(event.id, event);
      const oldest = events.keys().next().value;
      if (events.size > KEPT_EVENTS_MAX && oldest !== undefined) events.delete(oldest);
    },
    remove: (id) => void events.delete(id),
    all: async () => [...events.values()],
    clear: () => events.clear(),
  };
};
