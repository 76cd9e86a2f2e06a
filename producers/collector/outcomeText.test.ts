import { sequenceNumber, type ShardId } from "@freshet/model";
import { outcomesOf } from "@freshet/storage";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { IntakeOutcome } from "./outcome.js";
import { textOfOutcomes } from "./outcomeText.js";

const SEED = 31;
const shard = fc.string({ unit: "binary" }).map((text) => text as ShardId);
const sequence = fc.bigInt(0n, 2n ** 180n).map(sequenceNumber);
const stored: fc.Arbitrary<IntakeOutcome> = fc.record({
  kind: fc.constant("stored" as const),
  shard,
  sequence,
});
const outcome: fc.Arbitrary<IntakeOutcome> = fc.oneof(
  stored,
  fc.record({
    ...{ kind: fc.constant("rejected" as const), reason: fc.constant("malformed" as const) },
    ...{ detail: fc.string(), shard, sequence },
  }),
  fc.constant({ kind: "spooled" as const }),
  fc.record({ kind: fc.constant("throttled" as const), retryAfterMs: fc.nat() }),
);

it(`is what JSON.stringify makes of the same, without positions of what is stored (seed ${SEED})`, () => {
  const met = new Map<string, number>();
  fc.assert(
    fc.property(fc.oneof(fc.array(outcome), fc.array(stored)), (outcomes) => {
      const wanted = outcomes.map(({ kind: status, ...rest }) =>
        status === "stored" ? { status } : { status, ...rest },
      );
      expect(textOfOutcomes(outcomesOf(outcomes))).toBe(JSON.stringify({ outcomes: wanted }));
      for (const { kind } of outcomes) met.set(kind, (met.get(kind) ?? 0) + 1);
    }),
    { seed: SEED, numRuns: 500 },
  );
  for (const kind of ["stored", "rejected", "spooled", "throttled"]) {
    expect(met.get(kind) ?? 0, kind).toBeGreaterThan(100);
  }
});
