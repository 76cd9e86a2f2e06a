import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it, onTestFinished } from "vitest";
import { startDrain } from "../node/drain.js";
import { spoolContract } from "../node/spool.contract.js";
import type { Spool } from "../node/spool.js";
import { type SqsDouble, type SqsDoubleOptions, startSqsDouble } from "../testing/sqsDouble.js";
import { bodiesOf, entriesOfBody } from "./message.js";
import { openSqsSpool } from "./sqsSpool.js";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (entry: Uint8Array): string => new TextDecoder().decode(entry);
const VISIBILITY_MS = 60_000;

const aQueue = async (options: SqsDoubleOptions = {}): Promise<SqsDouble> => {
  const queue = await startSqsDouble(options);
  onTestFinished(() => queue.close());
  return queue;
};

const openOn = async ({ endpoint, queueUrl }: SqsDouble): Promise<Spool> => {
  const credentials = { accessKeyId: "k", secretAccessKey: "s" };
  const client = new SQSClient({ region: "us-east-1", endpoint, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return openSqsSpool({ client, queueUrl, visibilityMs: VISIBILITY_MS });
};

describe("a spool in a queue of SQS", () => {
  spoolContract({
    isOrdered: false,
    prepare: async (messageBytesMax) => {
      const queue = await aQueue({ messageBytesMax });
      return { open: () => openOn(queue) };
    },
  });

  it("gives to another what a process that died had received, when its time is over", async () => {
    let nowMs = 0;
    const queue = await aQueue({ now: () => nowMs });
    const [first, second] = [await openOn(queue), await openOn(queue)];
    await first.append([bytesOf("a")]);
    expect((await first.oldest())?.entries.map(textOf)).toEqual(["a"]);
    expect(await second.oldest()).toBeNull();
    nowMs = VISIBILITY_MS;
    expect((await second.oldest())?.entries.map(textOf)).toEqual(["a"]);
  });

  it("rejects where the queue does not take a message, and says so of a queue that is not there", async () => {
    const queue = await aQueue();
    const spool = await openOn(queue);
    queue.down.add("SendMessage");
    await expect(spool.append([bytesOf("a")])).rejects.toThrow();
    queue.down.clear();
    expect(await spool.append([bytesOf("a")])).toBe(true);
    await expect(openOn({ ...queue, queueUrl: `${queue.queueUrl}-other` })).rejects.toMatchObject({
      name: "QueueDoesNotExist",
    });
  });

  it("leaves a message that is not its own", async () => {
    const queue = await aQueue();
    const spool = await openOn(queue);
    queue.put("hello");
    queue.put(Buffer.from("hello, this is somebody else's").toString("base64"));
    expect(await spool.oldest()).toBeNull();
    expect(queue.size).toBe(2);
  });

  it("is drained of what others put in, without being told", async () => {
    const queue = await aQueue();
    const [ours, others] = [await openOn(queue), await openOn(queue)];
    const delivered: string[] = [];
    let look = (): void => {};
    const drain = startDrain({
      spool: ours,
      clock: {
        epochMs: () => 0,
        elapsedMs: () => 0,
        after: (_, callback) => {
          look = callback;
          return () => undefined;
        },
      },
      random: (into) => into.fill(0),
      deliver: async (entries) => {
        delivered.push(...entries.map(textOf));
        return { entries: [], afterMs: null };
      },
    });
    await drain.empty();
    await others.append([bytesOf("theirs")]);
    look();
    await drain.empty();
    expect(delivered).toEqual(["theirs"]);
    await drain.stop();
  });

  it("packs entries into as few messages as they have room in, none of which is too large", () => {
    const entries = Array.from({ length: 200 }, (_, n) => bytesOf("x".repeat((n * 37) % 500)));
    for (const messageBytesMax of [700, 1_024, 5_000]) {
      const bodies = bodiesOf(entries, messageBytesMax) ?? [];
      expect(Math.max(...bodies.map((body) => body.length))).toBeLessThanOrEqual(messageBytesMax);
      expect(bodies.flatMap((body) => entriesOfBody(body) ?? []).map(textOf)).toEqual(entries.map(textOf));
      const bytes = entries.reduce((sum, entry) => sum + entry.length + 8, 0);
      expect(bodies.length).toBeGreaterThan(bytes / messageBytesMax);
    }
    expect(bodiesOf(entries, 600)).toBeNull();
  });
});
