import { DEFAULT_CLICKS } from "@freshet/simulators";
import { faultAgainstAnswers } from "./agreement.js";
import { clickRecords, responsesOf } from "./clickRecords.js";
import { createResponsePath } from "./responsePath.js";
import { groupsOfBody, groupsOfRows } from "./foldedGroups.js";
import { createIdiomatic } from "./idiomatic.js";
import type { ResponsePipeline, Segment } from "./pipeline.js";
import { reportRate } from "./report.js";
import { interleave, type Measured } from "./rounds.js";
import { sizes } from "./sizes.js";

/* From the body of a GetRecords response (JSON with the records in base64) to increments, on one core. MD5 is not looked at. */
const { events, rounds } = sizes({ events: 1_350_000, rounds: 3 });
const RECORDS_EACH = 2;
const WARM_UP_RESPONSES = 20;

const clicks = clickRecords(events);
const responses = responsesOf(clicks, RECORDS_EACH);
const run = (pipeline: ResponsePipeline, bodies: readonly Buffer[]): readonly Segment[] => {
  for (const body of bodies) pipeline.takeResponse(body);
  return pipeline.finish();
};
const variants = [
  { name: "fast", make: createResponsePath("never"), groupsOf: groupsOfBody },
  { name: "idiomatic", make: createIdiomatic(false), groupsOf: groupsOfRows },
] as const;

for (const { make } of variants) run(make(), responses.slice(0, WARM_UP_RESPONSES));
const results = await interleave(
  rounds,
  variants.map(({ name, make, groupsOf }) => ({
    name,
    run: () => run(make(), responses),
    check: (segments: readonly Segment[]) => faultAgainstAnswers(segments, groupsOf, clicks.answers),
  })),
);
reportRate(
  "GetRecords bodies to increments, MD5 never",
  events,
  results.get("fast") as Measured,
  { name: "the idiomatic version", measured: results.get("idiomatic") as Measured },
  // as a ratio to the idiomatic version's rate on the machine that the rates are asked of
  { min: 7, aim: 11.6, mustRate: 1_200_000, aimRate: 2_000_000 },
  { seed: DEFAULT_CLICKS.seed, events, rounds, responses: responses.length },
);
