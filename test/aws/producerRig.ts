import { DescribeStreamSummaryCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { decodeAggregate } from "@freshet/kpl";
import { createProducer, type Observation, type Outcome, type ProducerOptions } from "@freshet/sdk";
import { createKinesisStream, type KinesisTransportOptions, kinesisTransport } from "@freshet/sdk/kinesis";
import {
  createRandom,
  createRequestHandler,
  createSimulatedKinesis,
  createVirtualClock,
  type RecordInShard,
  type SimulatedKinesisOptions,
} from "@freshet/simulators";

export const STREAM = "events";
const START_MS = Date.parse("2026-11-21T12:00:00Z");

export interface Clicks {
  click: { n: number; note?: string };
}

/** One of the log's events, wherever it lies. */
export interface LandedEvent {
  readonly id: string;
  readonly n: number;
  readonly shard: string;
  readonly sequence: string;
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly partitionKey: string | undefined;
}

export interface RigOptions {
  readonly seed?: number;
  readonly shards?: number;
  readonly kinesis?: Partial<SimulatedKinesisOptions>;
  readonly transport?: Partial<KinesisTransportOptions>;
  readonly producer?: Partial<ProducerOptions>;
}

/** A producer on a simulated Kinesis in virtual time, by the SDK's own client; seeded throughout. */
export const aProducerRig = async ({ seed = 1, shards = 4, ...options }: RigOptions = {}) => {
  const clock = createVirtualClock(START_MS);
  const kinesis = createSimulatedKinesis({ seed, clock, ...options.kinesis });
  const client = new KinesisClient({
    region: "us-east-1",
    credentials: { accessKeyId: "k", secretAccessKey: "s" },
    requestHandler: createRequestHandler(kinesis.service, clock, { requestTimeoutMs: 6_000 }),
    maxAttempts: 1,
  });
  await kinesis.service.call("CreateStream", { StreamName: STREAM, ShardCount: shards });
  // What the client does once, such as loading its parts, takes turns of the event loop that no virtual clock waits for.
  await client.send(new DescribeStreamSummaryCommand({ StreamName: STREAM }));
  const random = createRandom(seed, "producer");
  const observations: Observation[] = [];
  const transport = kinesisTransport({
    stream: createKinesisStream(client, { StreamName: STREAM }),
    clock,
    ...options.transport,
  });
  const producer = createProducer<Clicks>({
    transport,
    clock,
    random: (into) => {
      for (let index = 0; index < into.length; index++) into[index] = random.integer(256);
    },
    observe: (one) => observations.push(one),
    ...options.producer,
  });
  const outcomes: Outcome[] = [];
  let emitted = 0;
  return {
    clock,
    kinesis,
    client,
    producer,
    transport,
    random,
    observations,
    outcomes,
    emitted: () => emitted,
    emit(count: number, note?: string): void {
      for (let left = count; left > 0; left--) {
        const fields = note === undefined ? { n: emitted } : { n: emitted, note };
        emitted++;
        void producer.emit("click", fields).then((outcome) => outcomes.push(outcome));
      }
    },
    records: (): readonly RecordInShard[] => kinesis.recordsOf(STREAM),
    landed: (): LandedEvent[] => kinesis.recordsOf(STREAM).flatMap(eventsOf),
  };
};

const eventsOf = ({ data, shard, sequence, partitionKey }: RecordInShard): LandedEvent[] => {
  const members = decodeAggregate(data, "always") ?? [{ data, partitionKey }];
  return members.map((member, index) => {
    const { id, n } = JSON.parse(new TextDecoder().decode(member.data)) as { id: string; n: number };
    const key = member.partitionKey ?? undefined;
    return { id, n, shard, sequence: String(sequence), index, bytes: member.data, partitionKey: key };
  });
};
