import type { EpochMs } from "@freshet/model";
import type { Mark } from "./batches.js";
import { checkFuse } from "./fuse.js";
import {
  NO_ROWS,
  type ProgressStart,
  progressOf,
  type ReplayCounts,
  type ReplayProgress,
} from "./progress.js";
import type { ResumePoint } from "./resume.js";
import type { Acknowledged } from "./sender.js";
import type { Source } from "./source.js";

const SAVE_EVERY_MS = 500;
const TELL_EVERY_MS = 200;

/** What has been acknowledged, remembered for a resumption and told to whoever watches. */
export interface Journal {
  acknowledge(done: Acknowledged<Mark>): Promise<void>;
  save(): Promise<void>;
  progress(): ReplayProgress;
}

export const createJournal = (ports: {
  readonly source: Source;
  readonly resume: ResumePoint;
  readonly elapsedMs: () => number;
  readonly tell: (progress: ReplayProgress) => void;
}): Journal => {
  const { source, resume, elapsedMs } = ports;
  const before = resume.from?.counts ?? NO_ROWS;
  const startedMs = elapsedMs();
  // Passing over what an earlier run had seen to is faster than sending: that does not count.
  let start: ProgressStart | null = resume.from ? null : { atMs: startedMs, events: 0, readBytes: 0 };
  const here = (): ProgressStart => ({
    atMs: elapsedMs(),
    events: counts.events,
    readBytes: source.readBytes(),
  });
  let counts: Readonly<ReplayCounts> = before;
  let virtualMs: EpochMs | null = resume.from?.virtualMs ?? null;
  let savedMs = startedMs;
  let toldMs = startedMs;
  const save = (): Promise<void> => resume.save({ version: 1, source: source.name, counts, virtualMs });
  const progress = (): ReplayProgress =>
    progressOf(counts, { read: source.readBytes(), total: source.totalBytes }, start ?? here(), elapsedMs());
  return {
    save,
    progress,
    async acknowledge({ events, rejected, mark }) {
      counts = { ...mark.rows, events: counts.events + events, rejected: counts.rejected + rejected };
      virtualMs = mark.virtualMs;
      start ??= here();
      const nowMs = elapsedMs();
      if (nowMs - savedMs >= SAVE_EVERY_MS) {
        savedMs = nowMs;
        await save();
      }
      if (nowMs - toldMs >= TELL_EVERY_MS) {
        toldMs = nowMs;
        ports.tell(progress());
      }
      checkFuse(source.name, counts, before);
    },
  };
};
