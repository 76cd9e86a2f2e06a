import type { RecordSource, StartingPoint } from "@freshet/kinesis-consumer";

/**
 * Kinesis refuses another subscription for five seconds after one that it accepted: who reads back first, as whoever takes a shard
 * over does, must not have subscribed yet.
 */
const READS_AT_END = 3;

export interface PushedSourceOptions {
  readonly from: StartingPoint;
  readonly poll: (from: StartingPoint) => RecordSource;
  readonly push: (from: StartingPoint) => RecordSource;
}

/** Polls until it has stood at the shard's end for some reads, and is pushed what comes after that. */
export const createPushedSource = ({ from, poll, push }: PushedSourceOptions): RecordSource => {
  let source = poll(from);
  let isPushed = false;
  let readsAtEnd = 0;
  // A shard that has given nothing holds nothing before what will come.
  let place: StartingPoint = { kind: "trimHorizon" };
  return {
    async next() {
      if (!isPushed && readsAtEnd >= READS_AT_END) {
        isPushed = true;
        source.close();
        source = push(place);
      }
      const delivery = await source.next();
      const last = delivery?.records.at(-1);
      if (last) place = { kind: "afterSequence", sequence: last.sequence };
      readsAtEnd = delivery?.behindMs === 0 ? readsAtEnd + 1 : 0;
      return delivery;
    },
    close: () => source.close(),
  };
};
