import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3ServiceException,
  type S3Client,
} from "@aws-sdk/client-s3";
import { attemptAws } from "../aws/awsError.js";

/** One bucket's objects below a prefix, named without it. */
export interface S3Objects {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
}

export interface ObjectHead {
  readonly etag: string;
  readonly bytes: number;
}

/** Of S3, with `If-None-Match` while another write of the key is under way. */
const CONFLICTS_MAX = 5;

export const statusOf = (error: unknown): number =>
  error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;

const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NotFound");

const place = ({ bucket, prefix }: S3Objects, path: string) => ({ Bucket: bucket, Key: prefix + path });

export const urlOf = ({ bucket, prefix }: S3Objects, path = ""): string => `s3://${bucket}/${prefix}${path}`;

export type Created = { readonly kind: "created"; readonly etag: string } | { readonly kind: "standing" };

/** Runs a conditional write again while S3 says that another is under way. */
export const createOnce = async (write: () => Promise<string | undefined>): Promise<Created> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return { kind: "created", etag: (await write()) ?? "" };
    } catch (error) {
      if (statusOf(error) === 412) return { kind: "standing" };
      if (statusOf(error) !== 409 || attempt === CONFLICTS_MAX) throw error;
    }
  }
};

/** Only where there is none. */
export const createObject = (objects: S3Objects, path: string, bytes: Uint8Array): Promise<Created> =>
  attemptAws(`writing ${urlOf(objects, path)}`, () =>
    createOnce(async () => {
      const command = new PutObjectCommand({ ...place(objects, path), Body: bytes, IfNoneMatch: "*" });
      return (await objects.client.send(command)).ETag;
    }),
  );

/** Null when there is none. */
export const headObject = (objects: S3Objects, path: string): Promise<ObjectHead | null> =>
  attemptAws(`looking for ${urlOf(objects, path)}`, async () => {
    try {
      const head = await objects.client.send(new HeadObjectCommand(place(objects, path)));
      return { etag: head.ETag ?? "", bytes: head.ContentLength ?? 0 };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  });

/**
 * @param range of one byte at least; what lies beyond the object's end is not in the answer
 * @returns null when there is none
 */
export const getObject = (
  objects: S3Objects,
  path: string,
  range?: { readonly offset: number; readonly length: number },
): Promise<Uint8Array | null> =>
  attemptAws(`reading ${urlOf(objects, path)}`, async () => {
    try {
      const { Body } = await objects.client.send(
        new GetObjectCommand({
          ...place(objects, path),
          ...(range && { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
        }),
      );
      return (await Body?.transformToByteArray()) ?? new Uint8Array(0);
    } catch (error) {
      if (isMissing(error)) return null;
      if (statusOf(error) === 416) return new Uint8Array(0);
      throw error;
    }
  });

/** In S3's order, which is that of the bytes. */
export const listObjects = (objects: S3Objects, prefix: string): Promise<readonly string[]> =>
  attemptAws(`listing ${urlOf(objects, prefix)}`, async () => {
    const found: string[] = [];
    const pages = paginateListObjectsV2(
      { client: objects.client },
      { Bucket: objects.bucket, Prefix: objects.prefix + prefix },
    );
    for await (const { Contents = [] } of pages)
      for (const { Key } of Contents) if (Key !== undefined) found.push(Key.slice(objects.prefix.length));
    return found;
  });

export const removeObject = (objects: S3Objects, path: string): Promise<void> =>
  attemptAws(`removing ${urlOf(objects, path)}`, async () => {
    await objects.client.send(new DeleteObjectCommand(place(objects, path)));
  });
