import type { MetricFold } from "./metricFold.js";
import {
  createOutput,
  type Output,
  outputLength,
  outputParts,
  putVarint,
  releaseOutput,
  reserve,
  VARINT_BYTES_MAX,
} from "./output.js";

/** The encoding of an increment, in slices. Nothing may be folded into the segment before it is done. */
export interface Emission {
  /** Sorts or encodes some `groups` groups more. The body, when all is done. */
  step(groups: number): Uint8Array | null;
}

/* As `encodeIncrement` has it. */
const VERSION = 1;
const OVERFLOW = 1;
const HASH_BYTES = 16;
/** A byte that is copied costs about as much as this share of a group's work. */
const GROUPS_PER_BYTE = 1 / 256;

/** Copies what was written to one run of bytes, chunk by chunk. */
function* encode(metrics: readonly MetricFold[]): Generator<number, Uint8Array> {
  const sections: Output[] = [];
  let sectionBytes = 0;
  const directory = createOutput();
  reserve(directory, 1 + VARINT_BYTES_MAX + metrics.length * (HASH_BYTES + 1 + VARINT_BYTES_MAX));
  directory.bytes[directory.at++] = VERSION;
  directory.at = putVarint(directory.bytes, directory.at, metrics.length);
  for (const metric of metrics) {
    const outputs = yield* metric.encode();
    const bytes = outputs.reduce((sum, out) => sum + outputLength(out), 0);
    sections.push(...outputs);
    sectionBytes += bytes;
    directory.bytes.set(Buffer.from(metric.definition, "hex"), directory.at);
    directory.at += HASH_BYTES;
    directory.bytes[directory.at++] = metric.overflow ? OVERFLOW : 0;
    directory.at = putVarint(directory.bytes, directory.at, bytes);
  }
  const parts = [directory.bytes.subarray(0, directory.at), ...sections.flatMap(outputParts)];
  const body = new Uint8Array(Buffer.allocUnsafeSlow(directory.at + sectionBytes).buffer);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
    yield part.length * GROUPS_PER_BYTE;
  }
  for (const section of sections) releaseOutput(section);
  return body;
}

export const createEmission = (metrics: readonly MetricFold[]): Emission => {
  const encoding = encode(metrics);
  return {
    step(groups) {
      for (let left = groups; left > 0; ) {
        const { done, value } = encoding.next();
        if (done) return value;
        left -= value;
      }
      return null;
    },
  };
};
