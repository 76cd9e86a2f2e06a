import { type FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import type { EventResult, Transport } from "../transport.js";
import { type LineRecord, linesOf, requestsOf } from "./join.js";

export interface FirehoseTransportOptions {
  /** Should try a request once (`maxAttempts: 1`): the producer itself tries again, and only what failed. */
  readonly client: FirehoseClient;
  /** A delivery stream that takes direct puts. */
  readonly deliveryStream: string;
  /**
   * Events are joined, as lines, up to so many bytes a record; default `BILLED_BYTES`. 0: each is a record of its own, as a transform
   * that takes one event a record wants it.
   */
  readonly recordBytesMax?: number;
}

/** Firehose bills each record by units of 5 KB. In the smaller sense of KB, to be safe. */
export const BILLED_BYTES = 5_000;
/** 1,000 KiB: https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const RECORD_BYTES_MAX = 1_000 * 2 ** 10;

const REFUSALS = new Set([
  "ResourceNotFoundException",
  "AccessDeniedException",
  "UnrecognizedClientException",
  "InvalidArgumentException",
  "InvalidKMSResourceException",
  "InvalidSourceException",
]);

/**
 * For those who only want the lake: events as lines of JSON, delivered to S3. `stored` means that Firehose has them; they have no
 * position, nothing is counted from them, and one whose answer was lost may lie there twice.
 */
export const firehoseTransport = (options: FirehoseTransportOptions): Transport => {
  const { client, deliveryStream, recordBytesMax = BILLED_BYTES } = options;

  const put = async (
    records: readonly LineRecord[],
    abortSignal: AbortSignal,
  ): Promise<readonly EventResult[]> => {
    const Records = records.map(({ data }) => ({ Data: data }));
    try {
      const answer = await client.send(
        new PutRecordBatchCommand({ DeliveryStreamName: deliveryStream, Records }),
        { abortSignal },
      );
      const answers = answer.RequestResponses ?? [];
      return records.map((_, index): EventResult => {
        const one = answers.length === records.length ? answers[index] : undefined;
        if (one?.RecordId !== undefined && one.ErrorCode === undefined) return { kind: "stored" };
        const detail = `${one?.ErrorCode ?? "no answer"}: ${one?.ErrorMessage ?? "no message"}`;
        return { kind: "retry", afterMs: null, detail };
      });
    } catch (error) {
      const { name, message } = error as Error;
      const detail = `putting records into the delivery stream ${deliveryStream}: ${name}: ${message}`;
      const result: EventResult = REFUSALS.has(name)
        ? { kind: "refused", detail }
        : { kind: "retry", afterMs: null, detail };
      return records.map(() => result);
    }
  };

  return {
    settings: {
      batchEventsMax: 5_000,
      batchBytesMax: 4 << 20,
      bufferEventsMax: 100_000,
      bufferBytesMax: 64 << 20,
    },
    async send({ events }, signal) {
      const results: EventResult[] = events.map(({ json }) => ({
        kind: "rejected",
        reason: "too_large",
        detail: `${json.length + 1} bytes, at most ${RECORD_BYTES_MAX}`,
      }));
      const records = linesOf(events, recordBytesMax).filter(({ data }) => data.length <= RECORD_BYTES_MAX);
      await Promise.all(
        requestsOf(records).map(async (request) => {
          const ends = await put(request, AbortSignal.any([signal]));
          request.forEach(({ members }, index) => {
            for (const member of members) results[member] = ends[index] as EventResult;
          });
        }),
      );
      return { kind: "results", results };
    },
  };
};
