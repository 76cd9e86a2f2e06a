import type { IntakeOutcome } from "./outcome.js";

/** Names of shards as JSON: there are few. */
const SHARDS_KEPT_MAX = 4_096;
const shardTexts = new Map<string, string>();

const shardText = (shard: string): string => {
  let text = shardTexts.get(shard);
  if (text === undefined) {
    if (shardTexts.size >= SHARDS_KEPT_MAX) shardTexts.clear();
    text = JSON.stringify(shard);
    shardTexts.set(shard, text);
  }
  return text;
};

const outcomeText = (outcome: IntakeOutcome): string => {
  // Nearly all are: without an object for each. A sequence is digits.
  if (outcome.kind === "stored")
    return `{"status":"stored","shard":${shardText(outcome.shard)},"sequence":"${outcome.sequence}"}`;
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
