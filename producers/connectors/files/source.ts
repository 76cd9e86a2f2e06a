import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";

const READ_BYTES = 256 * 1024;

/** The bytes of a file or a stream as they lie there, and how many of them have been read. */
export interface Source {
  readonly name: string;
  /** Null where nobody knows, as for a stream. */
  readonly totalBytes: number | null;
  readonly readBytes: () => number;
  readonly chunks: AsyncIterable<Buffer>;
  close(): void;
}

/** `-` is the given stream. @throws Error naming the path when there is no such file. */
export const openSource = async (
  path: string,
  standardInput: Readable,
  signal: AbortSignal | null,
): Promise<Source> => {
  if (path === "-") return counted("standard input", null, standardInput, signal);
  const { size } = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`cannot read ${path}: ${cause.code === "ENOENT" ? "no such file" : cause.message}`, {
      cause,
    });
  });
  return counted(path, size, createReadStream(path, { highWaterMark: READ_BYTES }), signal);
};

const counted = (
  name: string,
  totalBytes: number | null,
  stream: Readable,
  signal: AbortSignal | null,
): Source => {
  let readBytes = 0;
  if (signal) addAbortSignal(signal, stream);
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      readBytes += bytes.length;
      yield bytes;
    }
  };
  return { name, totalBytes, readBytes: () => readBytes, chunks: chunks(), close: () => stream.destroy() };
};
