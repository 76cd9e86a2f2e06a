import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { compressionOf, decompress } from "./compression.js";
import { anOrderRow, skippableFrame, zstdFrames } from "./fixtures.js";

const stream = async function* (input: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < input.length; at += chunkBytes) yield input.subarray(at, at + chunkBytes);
};

const read = async (input: Buffer, chunkBytes: number): Promise<{ compression: string; content: string }> => {
  const { compression, chunks } = await decompress(stream(input, chunkBytes));
  const out: Uint8Array[] = [];
  for await (const chunk of chunks) out.push(Uint8Array.from(chunk));
  return { compression, content: Buffer.concat(out).toString() };
};

const rows = Array.from({ length: 5000 }, (_, n) => `${JSON.stringify(anOrderRow(n))}\n`).join("");
const plain = Buffer.from(rows);
const zstdGolden = readFileSync(new URL("./fixtures/orders.ndjson.zst", import.meta.url));

describe("decompression", () => {
  it.each([
    ["none", plain],
    ["gzip", gzipSync(plain)],
    ["gzip", Buffer.concat([gzipSync(plain.subarray(0, 70_000)), gzipSync(plain.subarray(70_000))])],
    ["zstd", zstdGolden],
    ["zstd", zstdFrames(plain, 100_000)],
    ["zstd", Buffer.concat([skippableFrame("a comment"), zstdFrames(plain, 70_000), skippableFrame("")])],
    ["none", Buffer.alloc(0)],
    ["none", Buffer.from("x")],
  ])("recognises %s by its first bytes, however it is cut (%#)", async (compression, input) => {
    const content = compression === "none" ? input.toString() : rows;
    for (const chunkBytes of [input.length < 10_000 ? 1 : 999, 65_536]) {
      expect(await read(input, chunkBytes)).toEqual({ compression, content });
    }
  });

  it("is not misled by a name or a number", () => {
    expect(compressionOf(Buffer.from("PK\u0003\u0004"))).toBe("none");
    expect(compressionOf(Buffer.from([0x5f, 0x2a, 0x4d, 0x18]))).toBe("zstd");
  });

  it.each([
    ["gzip", gzipSync(plain).subarray(0, 5000), "broken gzip data: unexpected end of file"],
    [
      "gzip",
      Buffer.from([...gzipSync(plain).subarray(0, 3000), ...Buffer.alloc(5000, 7)]),
      "broken gzip data",
    ],
    ["zstd", zstdGolden.subarray(0, zstdGolden.length - 30), "broken zstd data"],
    ["zstd", Buffer.concat([zstdGolden.subarray(0, 2000), Buffer.alloc(2000, 0xff)]), "broken zstd data"],
  ])("says that %s data is broken or ends early (%#)", async (_, input, message) => {
    await expect(read(input, 1024)).rejects.toThrow(message);
  });
});
