import { createHash } from "node:crypto";

export interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
}

interface Upload {
  readonly key: string;
  readonly parts: Map<number, StoredObject>;
}

/** A bucket: what S3 does with keys, conditions and parts, without a protocol. */
export interface Bucket {
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, Upload>;
}

export const newBucket = (): Bucket => ({ objects: new Map(), uploads: new Map() });

const hash = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");
const stored = (bytes: Uint8Array): StoredObject => ({ bytes: Buffer.from(bytes), etag: `"${hash(bytes)}"` });

export type Put = { readonly kind: "stored"; readonly etag: string } | { readonly kind: "exists" };

/** @param onlyNew `If-None-Match: *` */
export const put = (bucket: Bucket, key: string, bytes: Uint8Array, onlyNew: boolean): Put => {
  if (onlyNew && bucket.objects.has(key)) return { kind: "exists" };
  const object = stored(bytes);
  bucket.objects.set(key, object);
  return { kind: "stored", etag: object.etag };
};

export const begin = (bucket: Bucket, key: string): string => {
  const id = `upload-${bucket.uploads.size + 1}`;
  bucket.uploads.set(id, { key, parts: new Map() });
  return id;
};

export const putPart = (upload: Upload, number: number, bytes: Uint8Array): string => {
  const part = stored(bytes);
  upload.parts.set(number, part);
  return part.etag;
};

/** Its ETag is the MD5 of the parts' MD5s, and their number. */
export const complete = (
  bucket: Bucket,
  id: string,
  numbers: readonly number[],
  onlyNew: boolean,
): Put | { readonly kind: "invalid" } => {
  const upload = bucket.uploads.get(id);
  const parts = numbers.map((number) => upload?.parts.get(number));
  if (!upload || parts.some((part) => !part)) return { kind: "invalid" };
  if (onlyNew && bucket.objects.has(upload.key)) return { kind: "exists" };
  const bytes = Buffer.concat(parts.map((part) => (part as StoredObject).bytes));
  const etags = Buffer.concat(
    parts.map((part) => Buffer.from((part as StoredObject).etag.slice(1, -1), "hex")),
  );
  const etag = `"${hash(etags)}-${parts.length}"`;
  bucket.objects.set(upload.key, { bytes, etag });
  bucket.uploads.delete(id);
  return { kind: "stored", etag };
};

/** Keys below a prefix after `after`, in the order of their bytes. */
export const keysBelow = (bucket: Bucket, prefix: string, after: string): readonly string[] =>
  [...bucket.objects.keys()]
    .filter((key) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
    .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
