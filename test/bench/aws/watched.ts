import { setTimeout as sleep } from "node:timers/promises";
import type { HttpRequest, HttpResponse, KinesisService } from "@freshet/simulators";

type Listener = (request: HttpRequest, response: HttpResponse) => void;

/** When a reader of the stream was first given each record, by Date.now. */
export const watchReads = (
  service: KinesisService,
): { readonly service: KinesisService; readonly readMs: ReadonlyMap<string, number> } => {
  const readMs = new Map<string, number>();
  const note = (records: readonly { readonly SequenceNumber: string | undefined }[] | undefined): void => {
    const nowMs = Date.now();
    for (const { SequenceNumber = "" } of records ?? [])
      if (!readMs.has(SequenceNumber)) readMs.set(SequenceNumber, nowMs);
  };
  return {
    readMs,
    service: {
      ...service,
      async call(operation, input, signal) {
        const output = await service.call(operation, input, signal);
        if (operation === "GetRecords" && "Records" in output && "NextShardIterator" in output)
          note(output.Records);
        return output;
      },
      async subscribe(input, signal) {
        const subscription = await service.subscribe(input, signal);
        return {
          ...subscription,
          async next() {
            const event = await subscription.next();
            note(event?.Records);
            return event;
          },
        };
      },
    },
  };
};

/** Each request waits for so long before it is served. */
export const delayed =
  (listener: Listener, ms: number): Listener =>
  (request, response) => {
    void sleep(ms).then(() => listener(request, response));
  };

interface SegmentPut {
  readonly Item?: Readonly<Record<string, { readonly S?: string }>>;
}

/** Tells of each segment record that DynamoDB has acknowledged. */
export const watchSegments =
  (listener: Listener, onWritten: (shard: string, lastSequence: bigint) => void): Listener =>
  (request, response) => {
    if (String(request.headers["x-amz-target"]).endsWith(".PutItem")) {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("finish", () => {
        const { Item } = JSON.parse(Buffer.concat(chunks).toString()) as SegmentPut;
        const [kind, shard] = (Item?.["pk"]?.S ?? "").split("#");
        const last = Item?.["lastSequence"]?.S;
        if (kind === "segment" && shard && last && response.statusCode === 200)
          onWritten(shard, BigInt(last));
      });
    }
    listener(request, response);
  };
