import type { Clock } from "@freshet/kinesis-consumer";

/** Lets those wait who have read all that there is. What came since the last wait lets the next one go at once. */
export interface News {
  tell(): void;
  wait(timeoutMs: number): Promise<void>;
  close(): void;
}

export const createNews = (clock: Clock): News => {
  let isNew = false;
  const waiting = new Set<() => void>();
  const wakeAll = (): void => {
    for (const wake of [...waiting]) wake();
  };
  return {
    tell() {
      isNew = waiting.size === 0;
      wakeAll();
    },
    wait(timeoutMs) {
      if (isNew) {
        isNew = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const done = (): void => {
          cancel();
          waiting.delete(done);
          resolve();
        };
        const cancel = clock.after(timeoutMs, done);
        waiting.add(done);
      });
    },
    close: wakeAll,
  };
};
