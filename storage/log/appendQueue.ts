import type { Outcomes } from "./outcomes.js";
import { createPendingEntries, type PendingEntries } from "./pendingEntries.js";
import type { AppendOutcome } from "./port.js";

/** Beyond this many bytes waiting for a commit, callers are told to come back. */
const WAITING_BYTES_MAX = 64 * 2 ** 20;
/** One commit takes at least one call's entries, and more calls up to this many bytes. */
const COMMIT_BYTES_MAX = 8 * 2 ** 20;
/** A buffer that has grown larger for one great call is not kept. */
const KEPT_BYTES_MAX = 2 * COMMIT_BYTES_MAX;
const RETRY_AFTER_MS = 50;
/** What an entry costs beside its data. */
const ENTRY_BYTES = 64;

/** What became of a commit's entries, by their index. */
export type Stored = (index: number) => AppendOutcome;

interface Call {
  readonly first: number;
  readonly count: number;
  readonly resolve: (outcomes: Outcomes<AppendOutcome>) => void;
  readonly reject: (error: unknown) => void;
}

interface Commit {
  readonly entries: PendingEntries;
  readonly calls: Call[];
  bytes: number;
}

export interface AppendQueue {
  /**
   * @param bytes Of the entries that `put` puts, so many.
   * @throws RangeError for a call that is too large for any commit.
   */
  add(count: number, bytes: number, put: (entries: PendingEntries) => void): Promise<Outcomes<AppendOutcome>>;
  /** Resolves when nothing is waiting. */
  idle(): Promise<void>;
}

const throttled = (): AppendOutcome => ({ kind: "throttled", retryAfterMs: RETRY_AFTER_MS });

/** Calls that come while a commit is under way share the next one. `commit` stores all or throws. */
export const createAppendQueue = (commit: (entries: PendingEntries) => Promise<Stored>): AppendQueue => {
  const waiting: Commit[] = [];
  let waitingBytes = 0;
  let spare: PendingEntries | null = null;
  let running: Promise<void> | null = null;

  const commitFor = (bytes: number): Commit => {
    const last = waiting.at(-1);
    if (last && last.bytes + bytes <= COMMIT_BYTES_MAX) return last;
    const next: Commit = { entries: spare ?? createPendingEntries(), calls: [], bytes: 0 };
    spare = null;
    waiting.push(next);
    return next;
  };

  const finish = ({ entries, bytes }: Commit): void => {
    waitingBytes -= bytes;
    entries.clear();
    if (entries.bytes.length <= KEPT_BYTES_MAX) spare = entries;
  };

  const run = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { entries, calls } = next;
      try {
        const stored = await commit(entries);
        for (const { first, count, resolve } of calls)
          resolve({ count, areStored: true, at: (index) => stored(first + index) });
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
      finish(next);
    }
    running = null;
  };

  return {
    add(count, dataBytes, put) {
      const bytes = dataBytes + count * ENTRY_BYTES;
      if (waitingBytes > 0 && waitingBytes + bytes > WAITING_BYTES_MAX)
        return Promise.resolve({ count, areStored: false, at: throttled });
      const into = commitFor(bytes);
      const first = into.entries.count;
      put(into.entries);
      into.bytes += bytes;
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        into.calls.push({ first, count, resolve, reject });
        running ??= run();
      });
    },
    idle: () => running ?? Promise.resolve(),
  };
};
