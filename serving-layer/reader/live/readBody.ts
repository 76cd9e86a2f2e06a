import { createHash } from "node:crypto";
import { type BodyPointer, type Increment, incrementSteps, type MeasuresOf } from "@freshet/model";
import type { Lake } from "@freshet/storage";
import type { StartTurns } from "../turns.js";

/** Reads and decodes an increment's body, in turns. @throws Error when it is missing, or is not what its record says. */
export type ReadBody = (pointer: BodyPointer, hash: string) => Promise<Increment>;

export const createReadBody =
  (lake: Lake, measuresOf: MeasuresOf, startTurns: StartTurns): ReadBody =>
  async (pointer, hash) => {
    const bytes =
      pointer.kind === "inline"
        ? pointer.bytes
        : await lake.get(pointer.path, { offset: pointer.offset, length: pointer.length });
    const found = createHash("sha256").update(bytes).digest("hex");
    if (found !== hash) throw new Error(`its hash is ${found.slice(0, 16)}, not ${hash.slice(0, 16)}`);
    const turns = startTurns();
    const steps = incrementSteps(bytes, measuresOf);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      if (turns.due()) await turns.next();
    }
  };
