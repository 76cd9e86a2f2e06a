import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { StorageError } from "../errors.js";
import { thisProcess } from "../lease/processIdentity.js";
import { openLocalCopies } from "./localCopies.js";
import { checkLakeName, checkLakePath, checkLakePrefix } from "./path.js";
import type { Lake } from "./port.js";
import {
  createObject,
  getObject,
  headObject,
  listObjects,
  removeObject,
  type S3Objects,
  urlOf,
} from "./s3Objects.js";
import { createFromFile } from "./s3Upload.js";
import { createScratch } from "./scratch.js";

export interface S3LakeOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Before every key: empty, or with `/` at its end. */
  readonly prefix: string;
  /** For scratch files and local copies. */
  readonly localDir: string;
  readonly localBytesMax?: number;
  readonly now: () => number;
  readonly newId: () => string;
}

const LOCAL_BYTES_MAX = 20 * 2 ** 30;

/**
 * Objects of S3, each written once by a conditional put. What DuckDB reads is fetched to a local directory first, and asked
 * for by its ETag: a copy is never older than the object.
 */
export const openS3Lake = async ({
  client,
  bucket,
  prefix,
  localDir,
  localBytesMax = LOCAL_BYTES_MAX,
  now,
  newId,
}: S3LakeOptions): Promise<Lake> => {
  const objects: S3Objects = { client, bucket, prefix };
  const scratch = await createScratch(join(localDir, "scratch"), thisProcess(), newId);
  await scratch.clean(now());
  const copies = await openLocalCopies({
    dir: join(localDir, "copies"),
    bytesMax: localBytesMax,
    now,
    scratch: () => scratch.name("part"),
  });

  const missing = (path: string): StorageError =>
    new StorageError(
      "missing",
      `there is no ${urlOf(objects, path)}; if a rule of the bucket removed it, compute it again (\`freshet batch --rebuild\`)`,
    );

  const refuseOther = async (path: string, bytes: Uint8Array): Promise<void> => {
    const standing = await getObject(objects, path);
    if (standing && Buffer.compare(standing, bytes) !== 0) {
      throw new StorageError(
        "mismatch",
        `${urlOf(objects, path)} has another content already: files of the lake never change; choose another path`,
      );
    }
  };

  return {
    async put(path, bytes) {
      checkLakePath(path);
      const created = await createObject(objects, path, bytes);
      if (created.kind === "standing") await refuseOther(path, bytes);
    },
    async get(path, range) {
      checkLakePath(path);
      if (range?.length === 0) {
        if (!(await headObject(objects, path))) throw missing(path);
        return new Uint8Array(0);
      }
      const bytes = await getObject(objects, path, range);
      if (!bytes) throw missing(path);
      if (range && bytes.length !== range.length) {
        throw new StorageError(
          "corrupt",
          `${urlOf(objects, path)} ends at ${range.offset + bytes.length}, bytes ${range.offset} to ${range.offset + range.length} were asked for`,
        );
      }
      return bytes;
    },
    async list(below) {
      checkLakePrefix(below);
      return listObjects(objects, below);
    },
    async remove(path) {
      checkLakePath(path);
      await removeObject(objects, path);
    },
    async scratch(extension) {
      checkLakeName(extension);
      return scratch.name(extension);
    },
    async publish(localFile, path) {
      checkLakePath(path);
      const created = await createFromFile(objects, path, localFile);
      if (created.kind === "standing") await refuseOther(path, await readFile(localFile));
      await rm(localFile, { force: true });
    },
    async settle(path) {
      checkLakePath(path);
      if (!(await headObject(objects, path))) throw missing(path);
    },
    async local(path) {
      checkLakePath(path);
      const head = await headObject(objects, path);
      if (!head) throw missing(path);
      return copies.file(path, {
        version: head.etag,
        bytes: head.bytes,
        read: async (offset, length) => {
          const part = await getObject(objects, path, { offset, length });
          if (part?.length !== length) throw missing(path);
          return part;
        },
      });
    },
  };
};
