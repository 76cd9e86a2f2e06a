import { GetRecordsCommand, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "vitest";
import { createRandom } from "../random/random.js";
import type { FaultRule } from "./faults.js";
import { aRig, bytesOf, shardId } from "./testing/rig.js";

const putOne = { StreamName: "s", Records: [{ Data: bytesOf("x"), PartitionKey: "a" }] };

describe("faults", () => {
  it("T1: loses a request before its effect, and a response after it", async () => {
    const { create, put, kinesis } = aRig();
    await create(1);
    kinesis.faults.add({ fault: "lostRequest", times: 1 });
    await expect(put([{ key: "a" }])).rejects.toMatchObject({ name: "ConnectionLost" });
    expect(kinesis.recordsOf("s")).toHaveLength(0);
    kinesis.faults.add({ fault: "lostResponse", times: 1 });
    await expect(put([{ key: "a" }])).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(kinesis.recordsOf("s")).toHaveLength(1);
    await put([{ key: "a" }]);
    expect(kinesis.recordsOf("s")).toHaveLength(2);
    expect(kinesis.faults.counts).toMatchObject({ lostRequest: 1, lostResponse: 1 });
  });

  it("T1: carries a request out twice", async () => {
    const { create, put, kinesis } = aRig({
      faults: [{ fault: "repeatedRequest", operations: ["PutRecords"] }],
    });
    await create(1);
    expect(await put([{ key: "a" }])).toHaveLength(1);
    expect(kinesis.recordsOf("s")).toHaveLength(2);
  });

  it("T1: fails some entries of a put, and those alone", async () => {
    const { create, put, kinesis } = aRig({ faults: [{ fault: "failedEntry", probability: 0.3 }] });
    await create(1);
    const outcomes = await put(Array.from({ length: 200 }, () => ({ key: "a" })));
    const failed = outcomes.filter(({ ErrorCode }) => ErrorCode === "InternalFailure").length;
    expect(failed).toBeGreaterThan(30);
    expect(failed).toBeLessThan(100);
    expect(kinesis.recordsOf("s")).toHaveLength(200 - failed);
    expect(kinesis.faults.counts.failedEntry).toBe(failed);
  });

  it("T1: reads nothing where there is something, and ends a shard without naming its children", async () => {
    const { create, put, call, iteratorOf, kinesis } = aRig();
    await create(1);
    await put([{ key: "a" }]);
    kinesis.faults.add({ fault: "emptyRead", times: 1 });
    const empty = await call("GetRecords", { ShardIterator: await iteratorOf(0) });
    expect(empty.Records).toEqual([]);
    expect(empty.MillisBehindLatest).toBe(0);
    const after = { ShardIterator: empty.NextShardIterator };
    expect((await call("GetRecords", after)).Records).toHaveLength(1);
    await call("SplitShard", { StreamName: "s", ShardToSplit: shardId(0), NewStartingHashKey: "7" });
    kinesis.faults.add({ fault: "endWithoutChildren", times: 1 });
    const bad = await call("GetRecords", after);
    expect([bad.NextShardIterator, bad.ChildShards]).toEqual([undefined, undefined]);
    expect((await call("GetRecords", after)).ChildShards).toHaveLength(2);
  });

  it("strikes only what a rule names, as often as it says, until it is withdrawn", async () => {
    const { create, call, iteratorOf, kinesis } = aRig();
    await create(2);
    const rule: FaultRule = {
      fault: "expiredIterator",
      operations: ["GetRecords"],
      when: (input) => "Limit" in input && input.Limit === 7,
      times: 2,
    };
    const withdraw = kinesis.faults.add(rule);
    const read = async (Limit: number) => call("GetRecords", { ShardIterator: await iteratorOf(0), Limit });
    await expect(read(8)).resolves.toBeDefined();
    await expect(read(7)).rejects.toMatchObject({ code: "ExpiredIteratorException" });
    withdraw();
    await expect(read(7)).resolves.toBeDefined();
  });

  it("hangs until the client's own timeout, in simulated time, with the effect done", async () => {
    const { create, client, clock, kinesis } = aRig();
    await create(1);
    kinesis.faults.add({ fault: "hang", times: 1 });
    const put = client.send(new PutRecordsCommand(putOne), { requestTimeout: 6_000 });
    const outcome = put.then(
      () => "answered",
      (error: Error) => error.name,
    );
    await clock.advance(5_999);
    expect(await Promise.race([outcome, clock.settle().then(() => "waiting")])).toBe("waiting");
    await clock.advance(1);
    expect(await outcome).toBe("TimeoutError");
    expect(kinesis.recordsOf("s")).toHaveLength(1);
    expect(clock.waiting()).toBe(0);
  });

  it("is slow both ways, and lets go when it is aborted", async () => {
    const { create, client, clock, kinesis } = aRig({
      latencyMs: (operation) => (operation === "PutRecords" ? 100 : 0),
    });
    await create(1);
    const controller = new AbortController();
    const first = client.send(new PutRecordsCommand(putOne));
    const second = client.send(new PutRecordsCommand(putOne), { abortSignal: controller.signal });
    const refused = second.catch((error: Error) => error.name);
    await clock.advance(49);
    expect(kinesis.recordsOf("s")).toHaveLength(0);
    controller.abort();
    expect(await refused).toBe("AbortError");
    await clock.advance(51);
    expect((await first).FailedRecordCount).toBe(0);
    expect(kinesis.recordsOf("s")).toHaveLength(1);
  });

  it("comes to the SDK as what it may try again", async () => {
    const { create, client, iteratorOf, kinesis } = aRig();
    await create(1);
    const ShardIterator = await iteratorOf(0);
    const outcomeOf = async (rule: FaultRule) => {
      const withdraw = kinesis.faults.add(rule);
      const failure: unknown = await client
        .send(new GetRecordsCommand({ ShardIterator }))
        .catch((error) => error);
      withdraw();
      return failure;
    };
    expect(await outcomeOf({ fault: "throttle" })).toMatchObject({
      name: "ProvisionedThroughputExceededException",
      $metadata: { httpStatusCode: 400 },
    });
    expect(await outcomeOf({ fault: "internalFailure" })).toMatchObject({
      name: "InternalFailure",
      $fault: "server",
      $metadata: { httpStatusCode: 500 },
    });
    expect(await outcomeOf({ fault: "lostResponse" })).toMatchObject({ code: "ECONNRESET" });
  });

  it("repeats itself from the same seed, and differs from another", async () => {
    const run = async (seed: number): Promise<string> => {
      const rules: FaultRule[] = [
        { fault: "lostResponse", probability: 0.1 },
        { fault: "throttle", probability: 0.1 },
        { fault: "failedEntry", probability: 0.1 },
        { fault: "arrivalSkew", probability: 0.5 },
      ];
      const { create, put, clock, kinesis } = aRig({ seed, faults: rules });
      await create(2).catch(() => undefined);
      const random = createRandom("keys");
      for (let turn = 0; turn < 40; turn++) {
        await put([{ key: String(random.integer(100)) }]).catch(() => undefined);
        await clock.advance(10);
      }
      const stored = kinesis.recordsOf("s").map(({ sequence, arrivalMs }) => `${sequence} ${arrivalMs}`);
      expect(stored.length).toBeGreaterThan(20);
      return JSON.stringify([stored, kinesis.faults.counts]);
    };
    expect(await run(5)).toBe(await run(5));
    expect(await run(5)).not.toBe(await run(6));
  });
});
