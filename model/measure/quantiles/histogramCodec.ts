import type { ByteReader, ByteWriter } from "../../bytes.js";
import { corrupt, expectVersion } from "../corrupt.js";
import { binMax } from "./bins.js";
import { type Histogram, totalOf } from "./histogram.js";

/*
 * Version byte; number of sub-bucket bits; varint number of bins; then for each the bin (the first zigzag, the others
 * as varint of how many were skipped) and its count as varint.
 */
const VERSION = 1;
const MEASURE = "quantiles";
const BIN_BYTES_MIN = 2;

export const encodeHistogram = (histogram: Histogram, subBits: number, out: ByteWriter): void => {
  out.byte(VERSION);
  out.byte(subBits);
  out.varint(histogram.length / 2);
  for (let at = 0; at < histogram.length; at += 2) {
    const bin = histogram[at] as number;
    if (at === 0) out.zigzag(bin);
    else out.varint(bin - (histogram[at - 2] as number) - 1);
    out.varint(histogram[at + 1] as number);
  }
};

/** @throws RangeError for what `encodeHistogram` cannot have written with this number of bits. */
export const decodeHistogram = (from: ByteReader, subBits: number): Histogram => {
  expectVersion(from, VERSION, MEASURE);
  const found = from.byte();
  if (found !== subBits) corrupt(MEASURE, `${found} sub-bucket bits, not ${subBits}`);
  const count = from.varint();
  if (count * BIN_BYTES_MIN > from.remaining) corrupt(MEASURE, `${count} bins in ${from.remaining} bytes`);
  const most = binMax(subBits);
  const histogram = new Array<number>(2 * count);
  let before = 0;
  for (let at = 0; at < histogram.length; at += 2) {
    const bin = at === 0 ? from.zigzag() : before + from.varint() + 1;
    const n = from.varint();
    if (Math.abs(bin) > most || n === 0) corrupt(MEASURE, `bin ${bin} with ${n}`);
    histogram[at] = bin;
    histogram[at + 1] = n;
    before = bin;
  }
  if (totalOf(histogram) > Number.MAX_SAFE_INTEGER) corrupt(MEASURE, "more values than 2^53 - 1");
  return histogram;
};

export const skipHistogram = (from: ByteReader): void => {
  from.byte();
  from.byte();
  const count = from.varint();
  if (count * BIN_BYTES_MIN > from.remaining) corrupt(MEASURE, `${count} bins in ${from.remaining} bytes`);
  for (let index = 0; index < count; index++) {
    if (index === 0) from.integer();
    else from.varint();
    from.varint();
  }
};
