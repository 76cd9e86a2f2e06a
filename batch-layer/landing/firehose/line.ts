import { isUtf8 } from "node:buffer";
import { type EpochMs, type SequenceNumber, sequenceNumber, type ShardId, shardId } from "@freshet/model";

/** A record, or a member of one, with its position, as the transform writes it: one line of JSON. */
export interface DeliveredLine {
  /** The stream's ARN. */
  readonly stream: string;
  readonly shard: ShardId;
  readonly sequence: SequenceNumber;
  readonly subsequence: number;
  readonly arrivalMs: EpochMs;
  readonly data: Uint8Array;
}

/** As it stands in an object. `text` where the bytes are UTF-8, which takes a third less than base64. */
interface LineJson {
  readonly freshet: 1;
  readonly stream: string;
  readonly shard: string;
  readonly sequence: string;
  readonly subsequence: number;
  readonly arrivalMs: number;
  readonly text?: string;
  readonly base64?: string;
}

/** With its line feed: Firehose adds none. */
export const encodeLine = ({
  stream,
  shard,
  sequence,
  subsequence,
  arrivalMs,
  data,
}: DeliveredLine): string => {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const json: LineJson = {
    freshet: 1,
    stream,
    shard,
    sequence: String(BigInt(sequence)),
    subsequence,
    arrivalMs,
    ...(isUtf8(data) ? { text: buffer.toString("utf8") } : { base64: buffer.toString("base64") }),
  };
  return `${JSON.stringify(json)}\n`;
};

const isLine = (value: unknown): value is LineJson => {
  if (value === null || typeof value !== "object") return false;
  const { freshet, stream, shard, sequence, subsequence, arrivalMs, text, base64 } =
    value as Partial<LineJson>;
  return (
    freshet === 1 &&
    typeof stream === "string" &&
    typeof shard === "string" &&
    typeof sequence === "string" &&
    /^\d{1,56}$/.test(sequence) &&
    Number.isSafeInteger(subsequence) &&
    Number.isSafeInteger(arrivalMs) &&
    (typeof text === "string" || typeof base64 === "string")
  );
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

/** Null: not a line that the transform wrote. */
export const decodeLine = (line: string): DeliveredLine | null => {
  const value = parsed(line);
  if (!isLine(value)) return null;
  const { stream, shard, sequence, subsequence, arrivalMs, text, base64 } = value;
  return {
    stream,
    shard: shardId(shard),
    sequence: sequenceNumber(BigInt(sequence)),
    subsequence,
    arrivalMs: arrivalMs as EpochMs,
    data: text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text, "utf8"),
  };
};
