import type { EpochMs } from "@freshet/model";
import type { DeadLetters, LetterIndex, StoredLetter } from "@freshet/storage";

const PAGE_LETTERS = 500;
/** Pages of one step. */
const PAGES_MAX = 10;
/** Letters that arrived so long ago may still come in: a worker may be behind by as much. */
const OVERLAP_MS = 15 * 60_000;
/** Letters that are known to be indexed; what is written again changes nothing. */
const INDEXED_MAX = 20_000;
/** All that is kept is looked through so often: for what came in later still, and for replays of old letters. */
const SWEEP_EVERY_MS = 3_600_000;

export interface FollowedLetters {
  readonly written: number;
  readonly refused: number;
  /** There is more to look through. */
  readonly waiting: boolean;
}

/** Keeps an index of the dead letters, from the newest on. */
export interface LetterFollower {
  step(): Promise<FollowedLetters>;
  expire(endMs: EpochMs): Promise<void>;
}

export interface LetterFollowerOptions {
  readonly deadLetters: Pick<DeadLetters, "search">;
  readonly index: LetterIndex;
  readonly keepMs: number;
  readonly now: () => number;
}

/** A pass over the letters that arrived since, newest first. */
interface Pass {
  readonly fromMs: EpochMs;
  readonly startedMs: number;
  readonly whole: boolean;
  after: string | undefined;
}

const markOf = ({ replay }: StoredLetter): string => replay?.id ?? "";

export const createLetterFollower = ({
  deadLetters,
  index,
  keepMs,
  now,
}: LetterFollowerOptions): LetterFollower => {
  /** By place, the replay that is noted. */
  let indexed = new Map<string, string>();
  let pass: Pass | null = null;
  let sweptMs: number | null = null;
  let isPrepared = false;

  const newPass = (): Pass => {
    const startedMs = now();
    const whole = sweptMs === null || startedMs - sweptMs > SWEEP_EVERY_MS;
    const fromMs = Math.max(0, startedMs - (whole ? keepMs : OVERLAP_MS)) as EpochMs;
    return { fromMs, startedMs, whole, after: undefined };
  };
  return {
    async step() {
      if (!isPrepared) await index.prepare();
      isPrepared = true;
      pass ??= newPass();
      let written = 0;
      let refused = 0;
      for (let page = 0; page < PAGES_MAX; page++) {
        const { letters, next } = await deadLetters.search({
          fromMs: pass.fromMs,
          limit: PAGE_LETTERS,
          ...(pass.after !== undefined && { after: pass.after }),
        });
        const news = letters.filter((letter) => indexed.get(letter.place) !== markOf(letter));
        const report = await index.write(news);
        written += report.written;
        refused += report.refused.length;
        for (const letter of news) indexed.set(letter.place, markOf(letter));
        if (next === null) {
          if (pass.whole) sweptMs = pass.startedMs;
          pass = null;
          indexed = new Map([...indexed].slice(-INDEXED_MAX));
          return { written, refused, waiting: false };
        }
        pass.after = next;
      }
      return { written, refused, waiting: true };
    },
    expire: (endMs) => index.expire(endMs),
  };
};
