import type { BodyPointer, SegmentRecord, Tick } from "@freshet/model";
import { bodyPath, type Lake } from "@freshet/storage";
import type { SegmentOutput } from "../shard/output.js";

export interface BodyPlacer {
  /** Gives every body its place: small ones inside their record, all others of this call in one object of the lake. */
  place(outputs: readonly SegmentOutput[]): Promise<readonly SegmentRecord[]>;
  /** The place of a single body, of segments up to a tick. */
  placeOne(bytes: Uint8Array, greatestTick: Tick): Promise<BodyPointer>;
}

export const createBodyPlacer = (lake: Lake, writer: string, inlineBytesMax: number): BodyPlacer => {
  let objects = 0;
  return {
    async place(outputs) {
      const large: Uint8Array[] = [];
      let offset = 0;
      let greatestTick = 0 as Tick;
      for (const { record, body } of outputs) {
        if (body.kind === "bytes" && body.bytes.length > inlineBytesMax && record.tick > greatestTick) {
          greatestTick = record.tick;
        }
      }
      const path = bodyPath(greatestTick, writer, objects);
      const records = outputs.map(({ record, body }): SegmentRecord => {
        if (body.kind === "stored") return { ...record, body: body.pointer };
        if (body.bytes.length <= inlineBytesMax) {
          return { ...record, body: { kind: "inline", bytes: body.bytes } };
        }
        const pointer: BodyPointer = { kind: "object", path, offset, length: body.bytes.length };
        large.push(body.bytes);
        offset += body.bytes.length;
        return { ...record, body: pointer };
      });
      if (large.length > 0) {
        objects++;
        await lake.put(path, Buffer.concat(large));
      }
      return records;
    },
    async placeOne(bytes, greatestTick) {
      if (bytes.length <= inlineBytesMax) return { kind: "inline", bytes };
      const path = bodyPath(greatestTick, writer, objects++);
      await lake.put(path, bytes);
      return { kind: "object", path, offset: 0, length: bytes.length };
    },
  };
};
