import { StorageError } from "../errors.js";

/** A stored value: version u8, length of the JSON u32 big endian, UTF-8 JSON, then bytes as they are. */
export interface StoredDocument {
  readonly json: unknown;
  readonly bytes: Uint8Array;
}

const VERSION = 1;
const HEADER_BYTES = 5;
const NO_BYTES = new Uint8Array(0);

export const packDocument = (json: unknown, bytes: Uint8Array = NO_BYTES): Buffer => {
  const text = JSON.stringify(json);
  const textBytes = Buffer.byteLength(text);
  const packed = Buffer.allocUnsafe(HEADER_BYTES + textBytes + bytes.length);
  packed[0] = VERSION;
  packed.writeUInt32BE(textBytes, 1);
  packed.write(text, HEADER_BYTES, "utf8");
  packed.set(bytes, HEADER_BYTES + textBytes);
  return packed;
};

/** @throws StorageError `corrupt` or `other_version`; `what` names the value. */
export const unpackDocument = (packed: Buffer, what: string): StoredDocument => {
  if (packed[0] !== VERSION) {
    throw new StorageError(
      "other_version",
      `${what} has format ${packed[0]}, this version of Freshet reads ${VERSION}`,
    );
  }
  try {
    const jsonEnd = HEADER_BYTES + packed.readUInt32BE(1);
    return {
      json: JSON.parse(packed.toString("utf8", HEADER_BYTES, jsonEnd)),
      bytes: packed.subarray(jsonEnd),
    };
  } catch (error) {
    throw new StorageError("corrupt", `${what} is damaged; restore a backup (\`freshet restore\`)`, error);
  }
};
