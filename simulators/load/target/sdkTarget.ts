import { createProducer, type Outcome, type Transport } from "@freshet/sdk";
import { eventOf, type LoadBatch, type LoadTarget, type LoadVerdict } from "../target.js";

/** As many as an application would let wait, that means to send at a high rate. */
const SETTINGS = { bufferEventsMax: 200_000, bufferBytesMax: 64 << 20, inFlightBatchesMax: 16 };
const RETRY_AFTER_MS = 50;

type AnyEvents = Readonly<Record<string, object>>;

const verdictOf = (outcome: Outcome): LoadVerdict => {
  if (outcome.kind === "stored" || outcome.kind === "rejected") return { kind: outcome.kind };
  if (outcome.reason === "buffer_full") return { kind: "throttled", afterMs: RETRY_AFTER_MS };
  return { kind: "failed", detail: `${outcome.reason}: ${outcome.detail}` };
};

/**
 * Emits every event through a producer of the SDK, under its own id and time. Its batching and its retries are part of what is measured; a full
 * buffer counts as throttled.
 */
export const sdkTarget = (name: string, transport: Transport, keepsPartitionKeys: boolean): LoadTarget => {
  const producer = createProducer<AnyEvents>({ transport, ...SETTINGS });
  const emit = (batch: LoadBatch, index: number): Promise<Outcome> => {
    const { type, id, time, ...fields } = JSON.parse(
      Buffer.from(eventOf(batch, index)).toString("utf8"),
    ) as Readonly<Record<string, string>>;
    const partitionKey = batch.partitionKeys[index] ?? null;
    return producer.emit(String(type), fields, {
      id: String(id),
      time: new Date(String(time)),
      ...(partitionKey !== null && { partitionKey }),
    });
  };
  return {
    name,
    keepsPartitionKeys,
    takesBadText: false,
    async send(batch) {
      const outcomes = await Promise.all(batch.partitionKeys.map((_, index) => emit(batch, index)));
      return outcomes.map(verdictOf);
    },
    async close() {
      await producer.close();
    },
  };
};
