import { type SegmentRecord, sequenceNumber } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { dice } from "../testing/aws/faults.js";
import { openTestTable } from "../testing/aws/testTable.js";
import { aSegment } from "../testing/segments.js";
import { growsTo, segmentItem } from "./dynamoSegment.js";
import { judgeSegmentWrite } from "./segmentRules.js";

const endpoint = dynaliteForTests();
const SEED = 99;
const PAIRS = 180;

describe("a segment's condition", () => {
  it(`S1: lets a write through exactly where the rules say "written" (seed ${SEED})`, async () => {
    const { table } = await openTestTable(endpoint());
    const roll = dice(SEED);
    const anyOf = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T;
    const anything = (): SegmentRecord => {
      const finished = roll() < 0.5;
      return aSegment({
        firstSequence: sequenceNumber(anyOf([10, 10, 10, 11])),
        lastSequence: sequenceNumber(anyOf([20, 20, 20, 15, 25])),
        bodyHash: anyOf(["a", "a", "b"]),
        finished,
        ended: finished && roll() < 0.5,
      });
    };
    const seen = { written: 0, standing: 0, conflict: 0, marked: 0 };
    const pairs = Array.from({ length: PAIRS }, () => {
      const standing = anything();
      return { standing, next: roll() < 0.2 ? { ...standing, finished: true, ended: true } : anything() };
    });
    await Promise.all(
      pairs.map(async ({ standing, next }, index) => {
        const key = { pk: "segment#x", sk: String(index) };
        await table.put(key, segmentItem(standing));
        const verdict = judgeSegmentWrite(standing, next);
        const outcome = await table.put(key, segmentItem(next), growsTo(next));
        expect(outcome.kind === "written", JSON.stringify([standing, next])).toBe(verdict === "written");
        seen[verdict] += 1;
        if (verdict === "written" && standing.finished) seen.marked += 1;
      }),
    );
    expect(seen.written).toBeGreaterThan(25);
    expect(seen.standing).toBeGreaterThan(25);
    expect(seen.conflict).toBeGreaterThan(25);
    expect(seen.marked).toBeGreaterThan(5);
  });
});
