import assert from "node:assert/strict";
import { multiStreamKeys, refusalOf, singleStreamKeys } from "../../dynamo/leaseKeys.js";

/** Checkpoints under the other form of key are not overlooked: an application that changed its form is refused. KCL docs/FAQ.md. */
export const scenario = async (): Promise<void> => {
  const stream = { account: "123456789012", name: "events", createdSeconds: 1_795_247_998 };
  const ofMany = multiStreamKeys(stream);
  const alone = ["shardId-000000000000"];
  const named = alone.map(ofMany.keyOf);
  assert.match(
    refusalOf(named, singleStreamKeys) ?? "",
    /multiStreamKeys/,
    "rows that name their stream are seen",
  );
  assert.match(refusalOf(alone, ofMany) ?? "", /singleStreamKeys/, "rows that do not are seen");
  assert.equal(refusalOf(named, ofMany), null);
  assert.equal(refusalOf(alone, singleStreamKeys), null);
  assert.equal(refusalOf([], ofMany), null);
};
