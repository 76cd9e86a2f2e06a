import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress, type ZstdError, ZstdErrorCode } from "fzstd";
import { readHead } from "./head.js";

export type Compression = "none" | "gzip" | "zstd";

const MAGIC_BYTES = 4;
/** A small piece of zstd can hold much: pieces of this size keep what comes out at once within tens of megabytes. */
const ZSTD_PIECE_BYTES = 2048;
const GUNZIP_CHUNK_BYTES = 256 * 1024;

/** By the first bytes, whatever the name says. RFC 1952, RFC 8878 (frames, and skippable frames). */
export const compressionOf = (head: Uint8Array): Compression => {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return "gzip";
  if (b === 0xb5 && a === 0x28 && c === 0x2f && d === 0xfd) return "zstd";
  if (a !== undefined && a >> 4 === 0x5 && b === 0x2a && c === 0x4d && d === 0x18) return "zstd";
  return "none";
};

/** What a stream holds, decompressed as it comes. @throws Error when the compressed data is broken or ends early. */
export const decompress = async (
  chunks: AsyncIterable<Buffer>,
): Promise<{ readonly compression: Compression; readonly chunks: AsyncIterable<Uint8Array> }> => {
  const { head, all } = await readHead(chunks, MAGIC_BYTES);
  const compression = compressionOf(head);
  switch (compression) {
    case "none":
      return { compression, chunks: all };
    case "gzip":
      return { compression, chunks: gunzip(all) };
    case "zstd":
      return { compression, chunks: unzstd(all) };
  }
};

const gunzip = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const stream = Readable.from(chunks, { objectMode: false }).pipe(
    createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES }),
  );
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (cause) {
    throw new Error(`broken gzip data: ${(cause as Error).message}`, { cause });
  }
};

const unzstd = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const stream = new Decompress((data) => {
    if (data.length > 0) out.push(data);
  });
  const push = (piece: Uint8Array, last: boolean): Uint8Array[] => {
    out = [];
    try {
      stream.push(piece, last);
    } catch (cause) {
      throw new Error(zstdMessage(cause as ZstdError), { cause });
    }
    return out;
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += ZSTD_PIECE_BYTES) {
      yield* push(chunk.subarray(at, at + ZSTD_PIECE_BYTES), false);
    }
  }
  yield* push(new Uint8Array(0), true);
};

const zstdMessage = ({ code, message }: ZstdError): string =>
  code === ZstdErrorCode.WindowSizeTooLarge
    ? "zstd data with too large a window: compress it without --long, or decompress it first"
    : `broken zstd data: ${message}`;
