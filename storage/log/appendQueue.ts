import type { AppendOutcome, LogEntry } from "./port.js";
import { type HashKey, hashKeyFrom, hashKeyOf } from "@freshet/kpl";

/** Beyond this many bytes waiting for a commit, callers are told to come back. */
const WAITING_BYTES_MAX = 64 * 2 ** 20;
/** One commit takes at least one call's entries, and more calls up to this many bytes. */
const COMMIT_BYTES_MAX = 8 * 2 ** 20;
const RETRY_AFTER_MS = 50;
/** What an entry costs beside its data. */
const ENTRY_BYTES = 64;

export interface Routed {
  readonly entry: LogEntry;
  readonly hashKey: HashKey;
}

interface Call {
  readonly routed: readonly Routed[];
  readonly bytes: number;
  readonly resolve: (outcomes: readonly AppendOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface AppendQueue {
  add(entries: readonly LogEntry[]): Promise<readonly AppendOutcome[]>;
  /** Resolves when nothing is waiting. */
  idle(): Promise<void>;
}

/** Calls that come while a commit is under way share the next one. `commit` stores all or throws. */
export const createAppendQueue = (
  commit: (routed: readonly Routed[]) => Promise<readonly AppendOutcome[]>,
): AppendQueue => {
  let waiting: Call[] = [];
  let waitingBytes = 0;
  let running: Promise<void> | null = null;

  const take = (): readonly Call[] => {
    let bytes = 0;
    let count = 0;
    for (const call of waiting) {
      if (count > 0 && bytes + call.bytes > COMMIT_BYTES_MAX) break;
      bytes += call.bytes;
      count += 1;
    }
    const taken = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return taken;
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const calls = take();
      try {
        const outcomes = await commit(
          calls.length === 1 ? (calls[0] as Call).routed : calls.flatMap((call) => call.routed),
        );
        let at = 0;
        for (const call of calls) {
          call.resolve(calls.length === 1 ? outcomes : outcomes.slice(at, at + call.routed.length));
          at += call.routed.length;
        }
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
      for (const call of calls) waitingBytes -= call.bytes;
    }
    running = null;
  };

  return {
    add(entries) {
      let bytes = 0;
      for (const { data } of entries) bytes += data.length + ENTRY_BYTES;
      if (waitingBytes > 0 && waitingBytes + bytes > WAITING_BYTES_MAX) {
        return Promise.resolve(
          entries.map(() => ({ kind: "throttled", retryAfterMs: RETRY_AFTER_MS }) as const),
        );
      }
      const routed = entries.map((entry) => ({
        entry,
        hashKey:
          entry.explicitHashKey === undefined
            ? hashKeyOf(entry.partitionKey)
            : hashKeyFrom(entry.explicitHashKey),
      }));
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        waiting.push({ routed, bytes, resolve, reject });
        running ??= run();
      });
    },
    idle: () => running ?? Promise.resolve(),
  };
};
