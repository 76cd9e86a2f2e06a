import { eachOutcome, type Outcomes } from "@freshet/storage";
import type { IntakeOutcome } from "./outcome.js";

const STORED = '{"status":"stored"}';

/** Who sent an event needs no position of what is stored. */
const outcomeText = (outcome: IntakeOutcome): string => {
  if (outcome.kind === "stored") return STORED;
  const { kind: status, ...rest } = outcome;
  return JSON.stringify({ status, ...rest });
};

const textOf = (texts: readonly string[]): string => `{"outcomes":[${texts.join(",")}]}`;

/** Nearly always all are stored, and senders send as many each time. */
let ofStored = { count: 0, text: textOf([]) };

/** The body of an answer: an outcome for every event, in their order. */
export const textOfOutcomes = (outcomes: Outcomes<IntakeOutcome>): string => {
  const { count, areStored } = outcomes;
  if (!areStored) return textOf(eachOutcome(outcomes).map(outcomeText));
  if (ofStored.count !== count)
    ofStored = { count, text: textOf(Array.from({ length: count }, () => STORED)) };
  return ofStored.text;
};
