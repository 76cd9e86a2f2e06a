import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type PutRecordsInput, SplitShardCommand } from "@aws-sdk/client-kinesis";
import type { Outcome } from "@freshet/sdk";
import { createKinesisClient, createKinesisStream } from "@freshet/sdk/kinesis";
import { type FaultRule, UNTHROTTLED } from "@freshet/simulators";
import { describe, expect, it, onTestFinished } from "vitest";
import { aProducerRig, type LandedEvent, STREAM } from "./producerRig.js";

const KIB = 2 ** 10;

const md5 = (key: string): bigint => BigInt(`0x${createHash("md5").update(key, "utf8").digest("hex")}`);
const kinds = (outcomes: readonly Outcome[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
const idsOf = (events: readonly LandedEvent[]): string[] => events.map(({ id }) => id);

/** Every PutRecords that the simulator is asked for. */
const spiedPuts = (rig: Awaited<ReturnType<typeof aProducerRig>>): PutRecordsInput[] => {
  const puts: PutRecordsInput[] = [];
  rig.kinesis.faults.add({
    fault: "lostRequest",
    operations: ["PutRecords"],
    when: (input) => {
      puts.push(input as PutRecordsInput);
      return false;
    },
  });
  return puts;
};

describe("a producer on Kinesis", () => {
  it("P1: no request has more than 500 records or 10 MiB, keys counted", async () => {
    const rig = await aProducerRig({
      shards: 16,
      kinesis: { limits: UNTHROTTLED },
      transport: { aggregate: false, shardShare: 1e6 },
      producer: { batchBytesMax: 32 << 20, bufferBytesMax: 64 << 20 },
    });
    const puts = spiedPuts(rig);
    rig.emit(1201);
    rig.emit(60, "x".repeat(400 * KIB));
    await rig.clock.advance(2_000);
    expect(kinds(rig.outcomes)).toEqual({ stored: 1261 });
    const sizes = puts.map(({ Records = [] }) => ({
      records: Records.length,
      bytes: Records.reduce(
        (sum, { Data, PartitionKey = "" }) => sum + (Data?.length ?? 0) + Buffer.byteLength(PartitionKey),
        0,
      ),
    }));
    expect(Math.max(...sizes.map(({ records }) => records))).toBe(500);
    const bytesMax = Math.max(...sizes.map(({ bytes }) => bytes));
    expect(bytesMax).toBeLessThan(10 * 2 ** 20);
    expect(bytesMax).toBeGreaterThan(8 * 2 ** 20);
  });

  it("P2: a record may be as large as the stream says, its key counted in UTF-8", async () => {
    for (const maxKiB of [1024, 2048]) {
      const rig = await aProducerRig({
        kinesis: { limits: UNTHROTTLED },
        producer: { batchBytesMax: 12 << 20 },
      });
      await rig.kinesis.service.call("UpdateMaxRecordSize", {
        StreamARN: (await rig.kinesis.service.call("DescribeStreamSummary", { StreamName: STREAM }))
          .StreamDescriptionSummary?.StreamARN,
        MaxRecordSizeInKiB: maxKiB,
      });
      const partitionKey = "é".repeat(200);
      const empty = JSON.stringify({
        type: "click",
        id: "a",
        time: new Date(rig.clock.epochMs()).toISOString(),
        n: 0,
        note: "",
      });
      const fits = maxKiB * KIB - empty.length - 400;
      const ends = [0, 1].map((more) =>
        rig.producer.emit("click", { n: 0, note: "x".repeat(fits + more) }, { id: "a", partitionKey }),
      );
      await rig.clock.advance(5_000);
      expect(
        (await Promise.all(ends)).map((end) => (end.kind === "rejected" ? end.reason : end.kind)),
      ).toEqual(["stored", "too_large"]);
      expect(rig.records().map(({ data }) => data.length + 400)).toEqual([maxKiB * KIB]);
    }
  });

  it("P3: what fails of a request goes again alone, and what was stored does not", async () => {
    const rig = await aProducerRig({
      transport: { aggregate: false },
      kinesis: { faults: [{ fault: "failedEntry", probability: 0.3 }] },
    });
    rig.emit(800);
    await rig.clock.advance(20_000);
    expect(rig.kinesis.faults.counts.failedEntry).toBeGreaterThan(100);
    expect(kinds(rig.outcomes)).toEqual({ stored: 800 });
    expect(new Set(idsOf(rig.landed())).size).toBe(800);
    expect(rig.landed()).toHaveLength(800);
    expect(rig.transport.counters().failedRecords).toBe(rig.kinesis.faults.counts.failedEntry);
  });

  it("P5: throttled, it sends less to that shard, and by and by more again", async () => {
    const rig = await aProducerRig({
      shards: 1,
      kinesis: { limits: { shardWriteRecords: 200 } },
      producer: { bufferEventsMax: 2_000, batchEventsMax: 500 },
      transport: { aggregate: false },
    });
    let running = true;
    void (async () => {
      while (running) {
        await rig.producer.ready();
        rig.emit(50);
        await new Promise<void>((resolve) => rig.clock.after(50, resolve));
      }
    })();
    const throttledIn = async (ms: number): Promise<{ throttled: number; stored: number }> => {
      const before = { ...rig.transport.counters(), landed: rig.landed().length };
      await rig.clock.advance(ms);
      return {
        throttled: rig.transport.counters().throttledRecords - before.throttledRecords,
        stored: rig.landed().length - before.landed,
      };
    };
    const first = await throttledIn(3_000);
    await throttledIn(10_000);
    const later = await throttledIn(10_000);
    running = false;
    await rig.clock.advance(60);
    expect(first.throttled).toBeGreaterThan(300);
    // A fixed bucket at five times the shard's rate would see four of five refused.
    expect(later.throttled / (later.throttled + later.stored)).toBeLessThan(0.5);
    expect(later.stored).toBeGreaterThan(1_000);
  });

  it("P6: each shard has a budget of its own: a hot one is held to it, and never throttled", async () => {
    const rig = await aProducerRig({ shards: 2, transport: { aggregate: false, shardShare: 0.9 } });
    for (let n = 0; n < 4_000; n++) {
      void rig.producer.emit("click", { n }, { partitionKey: "hot" }).then((end) => rig.outcomes.push(end));
    }
    await rig.clock.advance(3_000);
    const after3s = rig.landed().length;
    await rig.clock.advance(30_000);
    expect(after3s).toBeGreaterThan(2_000);
    expect(after3s).toBeLessThan(3_100);
    expect(kinds(rig.outcomes)).toEqual({ stored: 4_000 });
    expect(rig.transport.counters().throttledRecords).toBe(0);
  });

  it("P7: memory is flat at its bound while Kinesis is down for a minute, and nothing is lost after", async () => {
    const rig = await aProducerRig({ producer: { bufferEventsMax: 2_000, batchEventsMax: 200 } });
    rig.emit(100);
    await rig.clock.advance(1_000);
    const restore = rig.kinesis.faults.add({ fault: "lostRequest", operations: ["PutRecords"] });
    let running = true;
    void (async () => {
      while (running) {
        await rig.producer.ready();
        if (!running) break;
        rig.emit(10);
        await new Promise<void>((resolve) => rig.clock.after(20, resolve));
      }
    })();
    let waitingMax = 0;
    for (let second = 0; second < 60; second++) {
      await rig.clock.advance(1_000);
      waitingMax = Math.max(waitingMax, rig.producer.counters().waiting);
    }
    expect(waitingMax).toBeLessThanOrEqual(2_000);
    expect(waitingMax).toBeGreaterThan(900);
    restore();
    running = false;
    const closing = rig.producer.close(60_000);
    await rig.clock.advance(60_000);
    expect((await closing).notSent).toEqual([]);
    expect(kinds(rig.outcomes)).toEqual({ stored: rig.emitted() });
    expect(new Set(idsOf(rig.landed())).size).toBe(rig.emitted());
  });

  it("P8: every event ends in one outcome in time, with its position when it is stored", async () => {
    const rig = await aProducerRig();
    rig.emit(500);
    await rig.clock.advance(1_000);
    const places = new Map(
      rig.landed().map(({ id, shard, sequence, index }) => [id, { shard, sequence, index }]),
    );
    expect(rig.outcomes).toHaveLength(500);
    for (const end of rig.outcomes) {
      if (end.kind !== "stored") throw new Error(end.kind);
      expect(end.position).toEqual(places.get(end.id));
    }
    rig.kinesis.faults.add({ fault: "throttle", operations: ["PutRecords"] });
    rig.emit(1);
    await rig.clock.advance(180_000);
    expect(rig.outcomes.at(-1)).toMatchObject({
      kind: "failed",
      reason: "expired",
      detail: expect.stringContaining("ProvisionedThroughputExceeded"),
    });
  });

  it("P9: an aggregate holds events of one shard, and lands in it", async () => {
    const rig = await aProducerRig({ shards: 8 });
    rig.emit(2_000);
    await rig.clock.advance(2_000);
    expect(rig.records().length).toBeLessThan(100);
    const { Shards = [] } = await rig.kinesis.service.call("ListShards", { StreamName: STREAM });
    const ranges = new Map(Shards.map(({ ShardId, HashKeyRange }) => [ShardId, HashKeyRange]));
    const landed = rig.landed();
    expect(landed).toHaveLength(2_000);
    for (const { shard, id, partitionKey } of landed) {
      expect(partitionKey).toBe(id);
      const range = ranges.get(shard);
      expect(
        md5(id) >= BigInt(range?.StartingHashKey ?? -1) && md5(id) <= BigInt(range?.EndingHashKey ?? -1),
      ).toBe(true);
    }
    expect(rig.transport.counters().misroutedRecords).toBe(0);
  });

  it.each(["leave", "reput"] as const)(
    "P9: what a split mis-routes is counted, the map learnt anew, and with `%s` done as it says",
    async (misrouted) => {
      const rig = await aProducerRig({ shards: 1, transport: { misrouted } });
      rig.emit(1_000);
      await rig.clock.advance(2_000);
      await rig.client.send(
        new SplitShardCommand({
          StreamName: STREAM,
          ShardToSplit: "shardId-000000000000",
          NewStartingHashKey: (2n ** 127n).toString(),
        }),
      );
      await rig.clock.advance(2_000);
      rig.emit(1_000);
      await rig.clock.advance(10_000);
      expect(kinds(rig.outcomes)).toEqual({ stored: 2_000 });
      const { misroutedRecords, reputEvents } = rig.transport.counters();
      expect(misroutedRecords).toBeGreaterThan(0);
      const landed = rig.landed();
      const strays = landed.filter(
        ({ id, shard }) =>
          shard !== "shardId-000000000000" && md5(id) >= 2n ** 127n !== (shard === "shardId-000000000002"),
      );
      expect(strays.length).toBeGreaterThan(100);
      expect(reputEvents).toBe(misrouted === "reput" ? strays.length : 0);
      // Without its strays, which the KCL drops, the log still has every event.
      const kept = new Set(idsOf(landed.filter((one) => !strays.includes(one))));
      expect(kept.size).toBe(misrouted === "reput" ? 2_000 : 2_000 - strays.length);
      const before = rig.transport.counters().misroutedRecords;
      rig.emit(500);
      await rig.clock.advance(2_000);
      expect(rig.transport.counters().misroutedRecords).toBe(before);
    },
  );

  it("P10: without a shard map nothing is joined, and once there is one it is", async () => {
    const rig = await aProducerRig();
    const restore = rig.kinesis.faults.add({ fault: "internalFailure", operations: ["ListShards"] });
    rig.emit(300);
    await rig.clock.advance(5_000);
    expect(rig.records()).toHaveLength(300);
    restore();
    await rig.clock.advance(10_000);
    rig.emit(1);
    await rig.clock.advance(1_000);
    rig.emit(300);
    await rig.clock.advance(1_000);
    expect(rig.records().length).toBeLessThan(310);
    expect(kinds(rig.outcomes)).toEqual({ stored: 601 });
  });

  it("P11: aggregates stay within the 25 KB that one PUT payload unit has, and fill it", async () => {
    const rig = await aProducerRig({ shards: 2 });
    rig.emit(3_000, "x".repeat(100));
    await rig.clock.advance(2_000);
    const sizes = rig
      .records()
      .map(({ data, partitionKey = "" }) => data.length + Buffer.byteLength(partitionKey));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(25_000);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(20_000);
  });

  it("P12: an event alone travels raw, under its own key", async () => {
    const rig = await aProducerRig();
    void rig.producer.emit("click", { n: 1 }, { id: "lone", partitionKey: "own key" });
    await rig.clock.advance(1_000);
    const [record] = rig.records();
    expect(record?.partitionKey).toBe("own key");
    expect(JSON.parse(new TextDecoder().decode(record?.data))).toMatchObject({ id: "lone", n: 1 });
  });

  it("P14: on a stream that distributes records itself, nothing is predicted or joined", async () => {
    const rig = await aProducerRig();
    await rig.kinesis.service.call("DeleteStream", { StreamName: STREAM });
    await rig.kinesis.service.call("CreateStream", {
      StreamName: STREAM,
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      RecordDistributionStrategy: "AUTO",
    });
    rig.emit(400);
    await rig.clock.advance(2_000);
    expect(rig.records()).toHaveLength(400);
    expect(rig.transport.counters()).toMatchObject({ events: 400, misroutedRecords: 0 });
    expect(rig.kinesis.service.calls.get("ListShards") ?? 0).toBe(0);
  });

  it("P15: a copy that a lost answer makes has the same id and the same bytes", async () => {
    const rig = await aProducerRig({
      seed: 15,
      kinesis: { faults: [{ fault: "lostResponse", operations: ["PutRecords"], times: 3 }] },
    });
    rig.emit(300);
    await rig.clock.advance(10_000);
    expect(kinds(rig.outcomes)).toEqual({ stored: 300 });
    const copies = new Map<string, Set<string>>();
    for (const { id, bytes } of rig.landed())
      copies.set(id, (copies.get(id) ?? new Set()).add(new TextDecoder().decode(bytes)));
    expect(rig.landed().length).toBeGreaterThan(300);
    expect(copies.size).toBe(300);
    expect([...copies.values()].every(({ size }) => size === 1)).toBe(true);
  });

  it("P16: requests share a session", async () => {
    let sessions = 0;
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end('{"Shards":[]}');
    });
    server.on("session", () => sessions++).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = createKinesisClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "k", secretAccessKey: "s" },
    });
    onTestFinished(() => {
      client.destroy();
      server.close();
    });
    const stream = createKinesisStream(client, { StreamName: STREAM });
    for (let turn = 0; turn < 5; turn++)
      await Promise.all(Array.from({ length: 20 }, () => stream.openShards()));
    expect(sessions).toBe(1);
  });

  it("P17: flush and close say what was not sent", async () => {
    const rig = await aProducerRig();
    rig.emit(3);
    const flushed = rig.producer.flush();
    await rig.clock.advance(100);
    expect(await flushed).toMatchObject({ stored: 3, notSent: [] });
    rig.kinesis.faults.add({ fault: "hang", operations: ["PutRecords"] });
    rig.emit(5);
    const closed = rig.producer.close(2_000);
    await rig.clock.advance(2_000);
    expect((await closed).notSent).toHaveLength(5);
    expect((await closed).notSent[0]).toMatchObject({ type: "click", reason: "closed", attempts: 1 });
  });

  it("says so at once when the stream is not there, or is deleted under it", async () => {
    const rig = await aProducerRig();
    rig.emit(10);
    await rig.clock.advance(1_000);
    await rig.kinesis.service.call("DeleteStream", { StreamName: STREAM });
    rig.emit(10);
    await rig.clock.advance(1_000);
    expect(rig.outcomes.slice(10)).toHaveLength(10);
    expect(rig.outcomes.at(-1)).toMatchObject({
      kind: "failed",
      reason: "refused",
      detail: expect.stringMatching(/putting records into the stream events: ResourceNotFoundException/),
    });
  });
});

const TROUBLES: readonly FaultRule[] = [
  { fault: "lostRequest", operations: ["PutRecords"], probability: 0.06 },
  { fault: "lostResponse", operations: ["PutRecords"], probability: 0.06 },
  { fault: "hang", operations: ["PutRecords"], probability: 0.03 },
  { fault: "internalFailure", operations: ["PutRecords", "ListShards"], probability: 0.06 },
  { fault: "throttle", operations: ["PutRecords"], probability: 0.06 },
  { fault: "failedEntry", probability: 0.06 },
];
const PLANNED = ["CreateStream", "DescribeStreamSummary", "UpdateShardCount"];

describe("a producer on a Kinesis that misbehaves while it is resharded", () => {
  it("loses nothing that it said was stored", async () => {
    const met: Record<string, number> = {};
    for (let seed = 1; seed <= 6; seed++) {
      const rig = await aProducerRig({
        seed,
        shards: 2,
        transport: { misrouted: seed % 2 === 0 ? "reput" : "leave" },
        kinesis: {
          latencyMs: (operation, random) => (PLANNED.includes(operation) ? 0 : random.integer(80)),
        },
      });
      for (const trouble of TROUBLES) rig.kinesis.faults.add(trouble);
      for (let second = 0; second < 20; second++) {
        rig.emit(200 + rig.random.integer(400), "x".repeat(rig.random.integer(300)));
        if (second === 6) await reshard(rig, 4);
        if (second === 13) await reshard(rig, 2);
        await rig.clock.advance(1_000);
      }
      const closing = rig.producer.close(180_000);
      await rig.clock.advance(180_000);
      expect((await closing).notSent, `seed ${seed}`).toEqual([]);
      const landed = new Set(idsOf(rig.landed()));
      expect(kinds(rig.outcomes), `seed ${seed}`).toEqual({ stored: rig.emitted() });
      expect(
        rig.outcomes.filter(({ id }) => !landed.has(id)),
        `seed ${seed}`,
      ).toEqual([]);
      expect(rig.clock.waiting(), `seed ${seed}`).toBe(0);
      for (const [what, count] of Object.entries({
        ...rig.kinesis.faults.counts,
        ...rig.transport.counters(),
      }))
        met[what] = (met[what] ?? 0) + count;
    }
    for (const { fault } of TROUBLES) expect(met[fault], fault).toBeGreaterThan(5);
    expect(met["misroutedRecords"]).toBeGreaterThan(5);
    expect(met["reputEvents"]).toBeGreaterThan(100);
  });
});

const reshard = async (rig: Awaited<ReturnType<typeof aProducerRig>>, shards: number): Promise<void> => {
  await rig.kinesis.service.call("UpdateShardCount", {
    StreamName: STREAM,
    TargetShardCount: shards,
    ScalingType: "UNIFORM_SCALING",
  });
};
