import { createHash } from "node:crypto";
import { type Compression, decompress } from "./compression.js";
import { bomBytes, type FileFormat, formatOf } from "./format.js";
import { readHead } from "./head.js";
import { createRowReader, type DecodedRow } from "./rowReader.js";
import type { Row } from "./rowSplitter.js";
import type { Source } from "./source.js";

const FINGERPRINT_BYTES = 1 << 20;
const FINGERPRINT_DIGITS = 16;

export interface OpenedRows {
  readonly compression: Compression;
  readonly format: FileFormat;
  /** SHA-256 of the first MiB, decompressed: the same for a file that has grown since, or is compressed otherwise. */
  readonly fingerprint: string;
  readonly rows: AsyncIterable<readonly Row[]>;
  decode(row: Row): DecodedRow;
}

/** What a source holds: decompressed, recognised and cut into rows. @throws Error for what is no stream of rows. */
export const openRows = async (source: Source, asked: FileFormat["kind"] | null): Promise<OpenedRows> => {
  const { compression, chunks } = await decompress(source.chunks);
  const { head, all } = await readHead(chunks, FINGERPRINT_BYTES);
  const format = formatOf(source.name, head, asked);
  const reader = createRowReader(format);
  const rows = async function* (): AsyncGenerator<readonly Row[]> {
    let bom = bomBytes(head);
    for await (const chunk of all) {
      yield reader.push(chunk.subarray(bom));
      bom = 0;
    }
    yield reader.end();
  };
  const fingerprint = createHash("sha256").update(head.subarray(0, FINGERPRINT_BYTES)).digest("hex");
  return {
    compression,
    format,
    fingerprint: fingerprint.slice(0, FINGERPRINT_DIGITS),
    rows: rows(),
    decode: reader.decode,
  };
};
