import { randomUUID } from "node:crypto";
import {
  type AppDocument,
  createEventReader,
  type EpochMs,
  type JsonObject,
  type Reason,
} from "@freshet/model";
import type { DeadLetters, Records, StoredLetter } from "@freshet/storage";
import { createEffect } from "./effect.js";
import { mendLetter } from "./mend.js";
import type { Chosen, ReplayOutcome, ReplayRequest } from "./replay.js";
import { beginNote } from "./audit.js";

/** Puts events into the log, trusted: one answer an event, false where the log did not take it. */
export type Emit = (events: readonly JsonObject[]) => Promise<readonly boolean[]>;

export interface LetterDesk {
  replay(request: ReplayRequest): Promise<ReplayOutcome>;
}

const SAMPLES_MAX = 10;
const EMIT_EVENTS_MAX = 500;

interface Ready {
  readonly place: string;
  readonly event: JsonObject;
}

/**
 * Mends dead letters and puts them into the log again, under their own id and time: the same letter twice is a duplicate.
 * A crash between the log and the note leaves letters that are sent once more: batch removes the copies.
 */
export const createLetterDesk = (options: {
  readonly deadLetters: DeadLetters;
  readonly records: Records;
  readonly app: () => AppDocument;
  readonly emit: Emit;
  readonly now: () => number;
}): LetterDesk => {
  const { deadLetters, records } = options;

  const choose = async (
    chosen: Chosen,
  ): Promise<{ letters: readonly StoredLetter[]; next: string | null }> =>
    chosen.kind === "places"
      ? { letters: await deadLetters.find(chosen.places), next: null }
      : deadLetters.search(chosen.filter);

  /** Marks each run as it is in the log, so that a crash repeats as little as can be. */
  const send = async (ready: readonly Ready[], id: string): Promise<number> => {
    let notTaken = 0;
    for (let from = 0; from < ready.length; from += EMIT_EVENTS_MAX) {
      const run = ready.slice(from, from + EMIT_EVENTS_MAX);
      const taken = await options.emit(run.map(({ event }) => event));
      const places = run.filter((_, index) => taken[index]).map(({ place }) => place);
      await deadLetters.markReplayed(places, { id, atMs: options.now() as EpochMs });
      notTaken += run.length - places.length;
    }
    return notTaken;
  };

  return {
    async replay({ chosen, mend, dryRun, who }) {
      const { letters, next } = await choose(chosen);
      const fresh = chosen.kind === "filter" ? letters.filter(({ replay }) => replay === null) : letters;
      const app = options.app();
      const reader = createEventReader(app);
      const effect = createEffect(app);
      const ready: Ready[] = [];
      const stillBad: Partial<Record<Reason, number>> = {};
      const samples: { place: string; reason: Reason; detail: string }[] = [];
      const refuse = (place: string, reason: Reason, detail: string): void => {
        stillBad[reason] = (stillBad[reason] ?? 0) + 1;
        if (samples.length < SAMPLES_MAX) samples.push({ place, reason, detail });
      };
      for (const letter of fresh) {
        const mended = mendLetter(letter, mend);
        if (mended.kind === "unreadable") {
          refuse(letter.place, "malformed", mended.detail);
          continue;
        }
        const read = reader.read(Buffer.from(JSON.stringify(mended.event)));
        if (read.kind === "rejected") {
          refuse(letter.place, read.reason, read.detail);
          continue;
        }
        effect.add(read);
        ready.push({ place: letter.place, event: mended.event });
      }
      const outcome: ReplayOutcome = {
        id: null,
        letters: letters.length,
        replayedBefore: letters.length - fresh.length,
        mended: ready.length,
        stillBad,
        samples,
        notTaken: 0,
        effect: effect.metrics(),
        next,
      };
      if (dryRun) return outcome;
      const id = randomUUID();
      const note = await beginNote(records, { id, atMs: options.now(), who, chosen, mend });
      const done = { ...outcome, id, notTaken: await send(ready, id) };
      await note.end(done);
      return done;
    },
  };
};
