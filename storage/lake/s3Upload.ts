import { type FileHandle, open } from "node:fs/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { attemptAws } from "../aws/awsError.js";
import { type Created, createObject, createOnce, type S3Objects, urlOf } from "./s3Objects.js";

/** Files up to this size go in one request. */
const PART_BYTES = 16 * 2 ** 20;
/** Of S3; larger files get larger parts. */
const PARTS_MAX = 10_000;
const PARTS_AT_ONCE = 4;

const readPart = async (handle: FileHandle, offset: number, length: number): Promise<Uint8Array> => {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
    if (bytesRead === 0)
      throw new Error(`the file to upload ends at ${offset + at}: it was changed meanwhile`);
    at += bytesRead;
  }
  return bytes;
};

/** Its parts are invisible until the last request, which is the conditional one. */
const createInParts = async (
  objects: S3Objects,
  path: string,
  handle: FileHandle,
  bytes: number,
): Promise<Created> => {
  const target = { Bucket: objects.bucket, Key: objects.prefix + path };
  const { UploadId } = await objects.client.send(
    new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: "CRC32" }),
  );
  const partBytes = Math.max(PART_BYTES, Math.ceil(bytes / PARTS_MAX));
  const numbers = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => index + 1);
  try {
    const waiting = numbers.values();
    const parts: { PartNumber: number; ETag: string | undefined; ChecksumCRC32: string | undefined }[] = [];
    const worker = async (): Promise<void> => {
      for (const PartNumber of waiting) {
        const offset = (PartNumber - 1) * partBytes;
        const Body = await readPart(handle, offset, Math.min(partBytes, bytes - offset));
        const { ETag, ChecksumCRC32 } = await objects.client.send(
          new UploadPartCommand({ ...target, UploadId, PartNumber, Body, ChecksumAlgorithm: "CRC32" }),
        );
        parts.push({ PartNumber, ETag, ChecksumCRC32 });
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, worker));
    parts.sort((left, right) => left.PartNumber - right.PartNumber);
    const created = await createOnce(async () => {
      const command = new CompleteMultipartUploadCommand({
        ...target,
        UploadId,
        MultipartUpload: { Parts: parts },
        IfNoneMatch: "*",
      });
      return (await objects.client.send(command)).ETag;
    });
    if (created.kind === "standing") await abandon(objects, target, UploadId);
    return created;
  } catch (error) {
    await abandon(objects, target, UploadId);
    throw error;
  }
};

/** What is not abandoned is paid for; a rule of the bucket removes what this cannot. */
const abandon = async (
  { client }: S3Objects,
  target: { readonly Bucket: string; readonly Key: string },
  UploadId: string | undefined,
): Promise<void> => {
  await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
};

/** A local file as an object, only where there is none. */
export const createFromFile = async (
  objects: S3Objects,
  path: string,
  localFile: string,
): Promise<Created> => {
  const handle = await open(localFile, "r");
  try {
    const { size } = await handle.stat();
    if (size <= PART_BYTES) return await createObject(objects, path, await readPart(handle, 0, size));
    return await attemptAws(`writing ${urlOf(objects, path)}`, () =>
      createInParts(objects, path, handle, size),
    );
  } finally {
    await handle.close();
  }
};
