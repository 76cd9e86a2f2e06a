import type { AppDocument } from "@freshet/model";
import type { Intake } from "@freshet/producers";
import { eachOutcome } from "@freshet/storage";
import { createLetterDesk, type LetterDesk } from "@freshet/serving-layer";
import type { Line } from "./line.js";

/** Replays go in as every event does, trusted to carry their own time. */
export const openLetterDesk = ({ data }: Line, app: () => AppDocument, intake: Intake): LetterDesk =>
  createLetterDesk({
    deadLetters: data.deadLetters,
    records: data.records,
    app,
    emit: async (events) =>
      eachOutcome(await intake.accept(events, { trusted: true })).map(({ kind }) => kind !== "throttled"),
    now: Date.now,
  });
