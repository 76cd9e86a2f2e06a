import { createVirtualClock } from "@freshet/simulators";
import { describe, expect, it } from "vitest";
import type { ListedShard } from "../plan/newLeases.js";
import { createReadBudget } from "../source/readBudget.js";
import type { RecordSource } from "../source/source.js";
import { type KinesisStream, type Reply, type StartingPoint, StreamFailure } from "../stream/stream.js";
import { DEFAULT_SETTINGS } from "../worker/settings.js";
import { createPoller } from "./poller.js";

const HASH_RANGE = { first: 0n, last: 2n ** 128n - 1n };
const CHILD = { id: "child", parents: ["shard"], hashRange: HASH_RANGE };
const listed = (id: string, closed = false, parents: readonly string[] = []): ListedShard => ({
  id,
  parents,
  hashRange: HASH_RANGE,
  closed,
});
const record = (sequence: number, bytes = 10) => ({
  sequence: `${sequence}`,
  arrivalMs: 0,
  partitionKey: "k",
  data: new Uint8Array(bytes),
});
const aReply = (fields: Partial<Reply>): Reply => ({
  records: [],
  nextIterator: "next",
  children: null,
  behindMs: 0,
  ...fields,
});
const failure = (kind: StreamFailure["kind"]) => new StreamFailure(kind, "reading", new Error(kind));

/** A poller of a stream that answers as it is told, in order; then with nothing new. */
const aPoller = (
  answers: readonly (Reply | StreamFailure)[],
  overrides: { readonly shards?: () => readonly ListedShard[]; readonly recordsMax?: number } = {},
) => {
  const clock = createVirtualClock(0);
  const places: StartingPoint[] = [];
  const readsMs: number[] = [];
  const failures: string[] = [];
  const rest = [...answers];
  const stream: KinesisStream = {
    listShards: async () => (overrides.shards ?? (() => [listed("shard")]))(),
    iterator: async (_shard, from) => {
      places.push(from);
      return "first";
    },
    read: async () => {
      readsMs.push(clock.elapsedMs());
      const answer = rest.shift() ?? aReply({});
      if (answer instanceof StreamFailure) throw answer;
      return answer;
    },
  };
  const source = createPoller({
    stream,
    shard: "shard",
    from: { kind: "trimHorizon" },
    clock,
    random: () => 0,
    pace: DEFAULT_SETTINGS,
    prefetch: { recordsMax: overrides.recordsMax ?? 1_000, bytesMax: 1e6 },
    budget: createReadBudget({ bytesMax: 1e7, readsMax: 4 }),
    requestTimeoutMs: 30_000,
    onFailure: ({ kind }) => failures.push(kind),
  });
  return { clock, places, readsMs, failures, source };
};

const taken = async (source: RecordSource, count: number) => {
  const deliveries = [];
  for (let index = 0; index < count; index++) deliveries.push(await source.next());
  return deliveries;
};

describe("a poller", () => {
  it("C3: takes no empty reply for an end, and ends with the children that the last reply names", async () => {
    const { source, clock } = aPoller([
      aReply({ behindMs: 900 }),
      aReply({}),
      aReply({ records: [record(1)] }),
      aReply({ records: [record(2)], nextIterator: null, children: [CHILD] }),
    ]);
    await clock.advance(20_000);
    const found = [];
    for (let next = await source.next(); next; next = await source.next()) found.push(next);
    expect(found.flatMap(({ records }) => records.map(({ sequence }) => sequence))).toEqual(["1", "2"]);
    expect(found.at(-1)?.ended).toEqual({ children: [CHILD] });
  });

  it("C3: asks again where a reply has an end without children, or children without an end; then the list of shards decides", async () => {
    const bad = [
      aReply({ records: [record(1)], nextIterator: null }),
      aReply({ records: [record(1)], children: [CHILD] }),
      aReply({ records: [record(1)], nextIterator: null }),
    ];
    const mended = aPoller([...bad, aReply({ records: [record(1)], nextIterator: null, children: [CHILD] })]);
    await mended.clock.advance(60_000);
    expect((await mended.source.next())?.ended).toEqual({ children: [CHILD] });
    expect(mended.failures).toEqual(["unavailable", "unavailable", "unavailable"]);

    let closed = false;
    const shards = () => [listed("shard", closed), listed("child", false, ["shard"])];
    const endless = aPoller(Array(90).fill(aReply({ nextIterator: null })), { shards });
    await endless.clock.advance(40_000);
    expect(endless.failures.length).toBeGreaterThan(4);
    closed = true;
    await endless.clock.advance(40_000);
    expect((await endless.source.next())?.ended?.children.map(({ id }) => id)).toEqual(["child"]);
  });

  it("C4: goes on behind the last record that it put down when its iterator has run out, with growing pauses", async () => {
    const { source, clock, places, readsMs, failures } = aPoller([
      aReply({ records: [record(1), record(2)] }),
      failure("expiredIterator"),
      failure("expiredIterator"),
      failure("expiredIterator"),
      aReply({ records: [record(3)] }),
    ]);
    await clock.advance(60_000);
    const found = (await taken(source, 2)).flatMap((delivery) => delivery?.records ?? []);
    expect(found.map(({ sequence }) => sequence)).toEqual(["1", "2", "3"]);
    expect(places).toEqual([
      { kind: "trimHorizon" },
      { kind: "afterSequence", sequence: "2" },
      { kind: "afterSequence", sequence: "2" },
      { kind: "afterSequence", sequence: "2" },
    ]);
    expect(failures).toEqual(["expiredIterator", "expiredIterator"]);
    const pauses = readsMs.slice(1, 6).map((atMs, index) => atMs - (readsMs[index] as number));
    expect(pauses).toEqual([1_000, 250, 1_000, 1_000, 1_000]);
  });

  it("C5: reads no further ahead than there is room, and goes on as soon as there is", async () => {
    const { source, clock, readsMs } = aPoller(
      Array.from({ length: 20 }, (_, index) => aReply({ records: [record(index + 1)], behindMs: 1 })),
      { recordsMax: 3 },
    );
    await clock.advance(60_000);
    expect(readsMs).toHaveLength(3);
    await taken(source, 2);
    await clock.advance(60_000);
    expect(readsMs).toHaveLength(5);
    source.close();
    await clock.advance(60_000);
    expect(readsMs).toHaveLength(5);
    expect(clock.waiting()).toBe(0);
    expect(await source.next()).toBeNull();
  });

  it("C22: takes a shard that has left the log for ended, without children, and only when the list says so again and again", async () => {
    const gone = Array(20).fill(failure("gone"));
    const trimmed = aPoller(gone, { shards: () => [listed("other")] });
    await trimmed.clock.advance(10_000);
    expect(trimmed.readsMs.length).toBe(4);
    expect(await trimmed.source.next()).toMatchObject({ records: [], ended: { children: [] } });
    const standing = aPoller(gone);
    await standing.clock.advance(30_000);
    expect(standing.failures.length).toBeGreaterThan(5);
    standing.source.close();
    expect(await standing.source.next()).toBeNull();
  });

  it("fails when the whole stream is gone: nothing has ended then", async () => {
    const { source, clock } = aPoller(Array(20).fill(failure("gone")), {
      shards: () => {
        throw failure("gone");
      },
    });
    const next = source.next();
    next.catch(() => {});
    await clock.advance(30_000);
    await expect(next).rejects.toMatchObject({ kind: "gone" });
  });
});
