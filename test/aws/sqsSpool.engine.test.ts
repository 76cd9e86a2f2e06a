import { makeSqsQueue, spoolContract } from "@freshet/sdk/testing";
import { ministackForTests } from "@freshet/storage/testing";
import { describe, expect, it } from "vitest";

/** SQS takes sizes from 1 KiB to 1 MiB. */
const MESSAGE_BYTES_MIN = 1_024;
const MESSAGE_BYTES_MAX = 1_048_576;
const VISIBILITY_MS = 2_000;

describe("a spool in a queue of MiniStack", () => {
  const endpoint = ministackForTests();

  spoolContract({
    isOrdered: false,
    prepare: (roomBytes) =>
      makeSqsQueue(endpoint(), Math.min(MESSAGE_BYTES_MAX, Math.max(MESSAGE_BYTES_MIN, roomBytes))),
  });

  it("gives to another what was received and not removed, when its time is over", async () => {
    const queue = await makeSqsQueue(endpoint(), MESSAGE_BYTES_MAX);
    const [first, second] = [await queue.open(VISIBILITY_MS), await queue.open(VISIBILITY_MS)];
    await first.append([Buffer.from("a")]);
    expect((await first.oldest())?.entries).toHaveLength(1);
    let again = await second.oldest();
    expect(again).toBeNull();
    while (again === null) again = await second.oldest();
    expect(again.entries).toHaveLength(1);
    await again.remove();
  });
});
