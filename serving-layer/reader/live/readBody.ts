import { createHash } from "node:crypto";
import { type BodyPointer, decodeIncrement, type Increment, type MeasuresOf } from "@freshet/model";
import type { Lake } from "@freshet/storage";

/** Reads and decodes an increment's body. @throws Error when it is missing, or is not what its record says. */
export type ReadBody = (pointer: BodyPointer, hash: string) => Promise<Increment>;

export const createReadBody =
  (lake: Lake, measuresOf: MeasuresOf): ReadBody =>
  async (pointer, hash) => {
    const bytes =
      pointer.kind === "inline"
        ? pointer.bytes
        : await lake.get(pointer.path, { offset: pointer.offset, length: pointer.length });
    const found = createHash("sha256").update(bytes).digest("hex");
    if (found !== hash) throw new Error(`its hash is ${found.slice(0, 16)}, not ${hash.slice(0, 16)}`);
    return decodeIncrement(bytes, measuresOf);
  };
