import { decodeAggregate, equalRanges, hashKeyOf } from "@freshet/kpl";
import { describe, expect, it } from "vitest";
import type { OutgoingEvent } from "../transport.js";
import { USUAL_TRAITS } from "./knownStream.js";
import { createPlanner } from "./plan.js";
import { createShardMap, holds } from "./shardMap.js";

const anEvent = (partitionKey: string, json: Uint8Array): OutgoingEvent => ({
  type: "t",
  id: "i",
  timeMs: 0,
  partitionKey,
  json,
});
const shards = equalRanges(5).map((range, index) => ({ id: `s${index}`, ...range }));
const view = { traits: USUAL_TRAITS, map: createShardMap(shards) };

describe("a plan", () => {
  it("has every event once, in the record of its shard, in order within it, for keys of every kind", () => {
    const planner = createPlanner({ aggregateBytesMax: 2_000 });
    const keys = ["", "a", "é", "\0", "__proto__", "0", "99", "5", "x".repeat(5_000), "ключ", "🦆"];
    for (let round = 0; round < 10; round++) {
      const events = Array.from({ length: 300 }, (_, n) =>
        anEvent(
          n % 7 === 0 ? (keys[(n + round) % keys.length] as string) : `k${n * round}`,
          Buffer.from(`${n}`.repeat(1 + (n % 90))),
        ),
      );
      const { records, hashes, oversize } = planner.plan(events, view);
      expect(oversize).toEqual([]);
      expect(records.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual(
        events.map((_, n) => n),
      );
      for (const { entry, members, shard, bytes } of records) {
        expect(bytes).toBe(Buffer.byteLength(entry.partitionKey) + entry.data.length);
        expect(members.length === 1 || bytes <= 2_000).toBe(true);
        expect(members).toEqual([...members].sort((a, b) => a - b));
        const data = decodeAggregate(entry.data, "always")?.map((member) => member.data) ?? [entry.data];
        expect(data.map((one) => Buffer.from(one).toString())).toEqual(
          members.map((member) => Buffer.from((events[member] as OutgoingEvent).json).toString()),
        );
        for (const member of members) expect(shard && holds(shard, hashes[member] as string)).toBe(true);
      }
    }
  });

  it("P13: bytes that begin like an aggregate are wrapped, and come out as they were", () => {
    const hostile = Buffer.from([0xf3, 0x89, 0x9a, 0xc2, 1, 2, 3]);
    for (const map of [view.map, null]) {
      const plan = createPlanner({ aggregateBytesMax: 25_000 }).plan([anEvent("key", hostile)], {
        ...view,
        map,
      });
      expect(plan.records).toHaveLength(1);
      const [record] = plan.records;
      expect(record?.entry.explicitHashKey).toBe(BigInt(`0x${hashKeyOf("key")}`));
      const members = decodeAggregate(record?.entry.data ?? new Uint8Array(), "always");
      expect(members?.map(({ partitionKey, data }) => [partitionKey, Buffer.from(data)])).toEqual([
        ["key", hostile],
      ]);
    }
  });
});
