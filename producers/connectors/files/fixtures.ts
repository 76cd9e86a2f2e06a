import { defineApp } from "@freshet/model";
import { order, shop } from "../../fixtures.js";

export interface OrderRow {
  readonly id: string;
  readonly at: number;
  readonly n: number;
}

export const ORDERS_START_MS = 1_700_000_000_000;

export const anOrderRow = (n: number): OrderRow => ({ id: `o${n}`, at: ORDERS_START_MS + n * 1000, n });

/** Reads rows of orders, CSV's texts too. A row that says `skip` is left out; one that says `throw` is too much for it. */
export const replayShop = defineApp({
  name: shop.document.name,
  events: [order],
  metrics: [],
  settings: { eventBytesMax: shop.document.settings.eventBytesMax },
  replay: {
    map: ({ id, at, n }: OrderRow & { readonly n: unknown }) => {
      if (id === "throw") throw new Error("too much");
      return id === "skip" ? null : { type: "order", id, time: Number(at), n: Number(n) };
    },
  },
});

const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** No content size, no checksum; a window of 1 MiB. */
const FRAME_HEADER = Buffer.from([0x00, 0x50]);
const BLOCK_BYTES_MAX = 128 * 1024;

/** Zstandard frames of uncompressed blocks, `frameBytes` each: for machines without a compressor. RFC 8878, 3.1.1. */
export const zstdFrames = (content: Buffer, frameBytes: number): Buffer => {
  const parts: Buffer[] = [];
  for (let from = 0; from < content.length; from += frameBytes) {
    const frame = content.subarray(from, from + frameBytes);
    parts.push(ZSTD_MAGIC, FRAME_HEADER);
    for (let at = 0; at < frame.length; at += BLOCK_BYTES_MAX) {
      const block = frame.subarray(at, at + BLOCK_BYTES_MAX);
      const header = Buffer.alloc(3);
      header.writeUIntLE((block.length << 3) | (at + BLOCK_BYTES_MAX >= frame.length ? 1 : 0), 0, 3);
      parts.push(header, block);
    }
  }
  return Buffer.concat(parts);
};

export const skippableFrame = (comment: string): Buffer => {
  const header = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  header.writeUInt32LE(Buffer.byteLength(comment), 4);
  return Buffer.concat([header, Buffer.from(comment)]);
};
