import { FirehoseClient } from "@aws-sdk/client-firehose";
import { describe, expect, it } from "vitest";
import { createProducer, type ProducerOptions } from "../index.js";
import { firehoseTransport } from "./firehoseTransport.js";

interface Put {
  readonly DeliveryStreamName: string;
  readonly Records: readonly { readonly Data: string }[];
}
type Answer = (put: Put) => { readonly status: number; readonly body: object };

/** Firehose's wire (AWS JSON 1.1), answered by a function, below the SDK's own client. */
const aRig = (answer: Answer, more: Partial<ProducerOptions> & { readonly recordBytesMax?: number } = {}) => {
  const puts: Put[] = [];
  const client = new FirehoseClient({
    region: "us-east-1",
    credentials: { accessKeyId: "k", secretAccessKey: "s" },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { readonly body?: string | Uint8Array }) {
        const put = JSON.parse(Buffer.from(request.body ?? "").toString()) as Put;
        puts.push(put);
        const { status, body } = answer(put);
        const headers = { "content-type": "application/x-amz-json-1.1" };
        return { response: { statusCode: status, headers, body: Buffer.from(JSON.stringify(body)) } };
      },
    } as never,
  });
  const { recordBytesMax, ...options } = more;
  const transport = firehoseTransport({
    client,
    deliveryStream: "lake",
    ...(recordBytesMax === undefined ? {} : { recordBytesMax }),
  });
  const producer = createProducer<{ click: { n: number; note?: string } }>({
    transport,
    flushAfterMs: 1,
    retryBaseMs: 1,
    ...options,
  });
  return { puts, producer };
};

const idsOf = ({ Data }: { readonly Data: string }): string[] => {
  const text = Buffer.from(Data, "base64").toString();
  expect(text.endsWith("\n")).toBe(true);
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line).id);
};

const taken: Answer = ({ Records }) => ({
  status: 200,
  body: { FailedPutCount: 0, RequestResponses: Records.map((_, index) => ({ RecordId: `r${index}` })) },
});

describe("the Firehose transport", () => {
  it("joins events as lines up to the 5 KB that are billed, at most 500 records and 4 MiB a request", async () => {
    const { puts, producer } = aRig(taken, {
      batchBytesMax: 16 << 20,
      bufferBytesMax: 32 << 20,
      bufferEventsMax: 200_000,
    });
    const ids = Array.from({ length: 3_000 }, (_, n) => `e${n}`);
    for (const id of ids) void producer.emit("click", { n: 1, note: "x".repeat(1_000) }, { id });
    for (let n = 0; n < 9; n++)
      void producer.emit("click", { n, note: "x".repeat(900_000) }, { id: `large${n}` });
    const { stored, notSent } = await producer.flush();
    expect({ stored, notSent }).toEqual({ stored: 3_009, notSent: [] });
    expect(puts.flatMap(({ Records }) => Records.flatMap(idsOf)).sort()).toEqual(
      [...ids, ...Array.from({ length: 9 }, (_, n) => `large${n}`)].sort(),
    );
    for (const { DeliveryStreamName, Records } of puts) {
      expect(DeliveryStreamName).toBe("lake");
      expect(Records.length).toBeLessThanOrEqual(500);
      const sizes = Records.map(({ Data }) => Buffer.from(Data, "base64").length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(4 * 2 ** 20);
      for (const size of sizes) expect(size > 900_000 || size <= 5_000).toBe(true);
    }
  });

  it("sends again only the records that failed", async () => {
    let refusals = 0;
    const { puts, producer } = aRig(
      ({ Records }) => ({
        status: 200,
        body: {
          FailedPutCount: 1,
          RequestResponses: Records.map((_, index) => {
            if (index !== 1 || refusals >= 5) return { RecordId: "r" };
            refusals++;
            return { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." };
          }),
        },
      }),
      { recordBytesMax: 0 },
    );
    const ends = Array.from({ length: 10 }, (_, n) => producer.emit("click", { n }, { id: `e${n}` }));
    expect((await Promise.all(ends)).every(({ kind }) => kind === "stored")).toBe(true);
    expect(refusals).toBeGreaterThan(0);
    expect(puts.map(({ Records }) => Records.length).slice(0, 2)).toEqual([10, 1]);
    expect(puts[1]?.Records.flatMap(idsOf)).toEqual(["e1"]);
  });

  it.each([
    [400, "ResourceNotFoundException", "refused"],
    [400, "AccessDeniedException", "refused"],
    [503, "ServiceUnavailableException", "expired"],
    [500, "InternalFailure", "expired"],
  ])("takes HTTP %i %s so that an event is %s in the end", async (status, __type, reason) => {
    const { producer } = aRig(() => ({ status, body: { __type, message: "so it is" } }), { deadlineMs: 300 });
    expect(await producer.emit("click", { n: 1 })).toMatchObject({
      kind: "failed",
      reason,
      detail: expect.stringContaining(`delivery stream lake: ${__type}`),
    });
  });

  it("rejects what no record can hold", async () => {
    const { producer } = aRig(taken);
    expect(await producer.emit("click", { n: 1, note: "x".repeat(1_024_000) })).toMatchObject({
      kind: "rejected",
      reason: "too_large",
    });
  });
});
