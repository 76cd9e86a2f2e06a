import type { IntakeOutcome } from "./outcome.js";

const STORED = '{"status":"stored"}';

/** Who sent an event needs no position of what is stored. */
const outcomeText = (outcome: IntakeOutcome): string => {
  // Nearly all are: without an object for each.
  if (outcome.kind === "stored") return STORED;
  const { kind: status, ...rest } = outcome;
  return JSON.stringify({ status, ...rest });
};

/** The body of an answer: an outcome for every event, in their order. */
export const textOfOutcomes = (outcomes: readonly IntakeOutcome[]): string => {
  let text = "";
  for (let index = 0; index < outcomes.length; index++) {
    if (index > 0) text += ",";
    text += outcomeText(outcomes[index] as IntakeOutcome);
  }
  return `{"outcomes":[${text}]}`;
};
