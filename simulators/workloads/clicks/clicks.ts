import { createRandom } from "../../random/random.js";
import { createClickWriter } from "./clickWriter.js";
import { createAgain } from "./again.js";
import { type ClickAnswers, createAnswerBook } from "./knownAnswers.js";
import { type ClickOptions, DEFAULT_CLICKS } from "./options.js";

/** A stream of clicks on a news site, as bytes, in the order of arrival. The same options give the same bytes for ever. */
export interface ClickStream {
  /** Writes the next event and returns where it ends: at most `CLICK_BYTES_MAX` further. */
  write(bytes: Uint8Array, at: number): number;
  /** When the event written last arrives. */
  readonly arrivalMs: number;
  /** What must come of all that was written so far, where what remembers ids does so for a second of arrival. */
  answers(): ClickAnswers;
}

const DELAY_MAX_MS = 200;
const LATE_MIN_MS = 300_000;
const LATE_MAX_MS = 2 * 3_600_000;

/** A stream of clicks: Zipf's law over articles, times clusters of readers, with some duplicates, late and odd events. */
export const createClicks = (options: Partial<ClickOptions> = {}): ClickStream => {
  const settings: ClickOptions = { ...DEFAULT_CLICKS, ...options };
  const { seed, fromMs, eventsPerSecond, shares } = settings;
  const random = createRandom(seed, "clicks");
  const writer = createClickWriter(random, settings);
  const book = createAnswerBook();
  const again = createAgain(random);
  const lateBelow = shares.odd + shares.late;
  let written = 0;
  let arrivalMs = fromMs;

  const writeView = (bytes: Uint8Array, at: number, timeMs: number, isLate: boolean): number => {
    const end = writer.view(bytes, at, timeMs, "well");
    book.acceptView(timeMs, writer.dwellMs, isLate);
    return end;
  };

  const writeOdd = (bytes: Uint8Array, at: number, timeMs: number): number => {
    switch (random.integer(3)) {
      case 0: {
        const end = writer.view(bytes, at, timeMs, "escaped");
        book.acceptView(timeMs, writer.dwellMs, false);
        return end;
      }
      case 1:
        book.reject("missing_field");
        return writer.view(bytes, at, timeMs, "short");
      default: {
        book.reject("malformed");
        const end = writer.view(bytes, at, timeMs, "well");
        return at + 1 + random.integer(end - at - 1);
      }
    }
  };

  return {
    write(bytes, at) {
      arrivalMs = fromMs + Math.floor((written * 1_000) / eventsPerSecond);
      const copy = again.due(written++);
      if (copy !== undefined) {
        book.duplicate();
        bytes.set(copy, at);
        return at + copy.length;
      }
      const timeMs = arrivalMs - random.integer(DELAY_MAX_MS);
      const fate = random.unit();
      if (fate < shares.odd) return writeOdd(bytes, at, timeMs);
      const isLate = fate < lateBelow;
      const happenedMs = isLate ? timeMs - LATE_MIN_MS - random.integer(LATE_MAX_MS - LATE_MIN_MS) : timeMs;
      let end: number;
      if (random.chance(shares.view)) end = writeView(bytes, at, happenedMs, isLate);
      else {
        end = writer.other(bytes, at, happenedMs);
        book.accept(isLate);
      }
      if (random.chance(shares.duplicate)) again.keep(written, Uint8Array.from(bytes.subarray(at, end)));
      return end;
    },
    get arrivalMs() {
      return arrivalMs;
    },
    answers: book.answers,
  };
};
