import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type HandledRequest, type HandledResponse, testHandler, type TestHandler } from "../handler.js";
import { begin, type Bucket, complete, keysBelow, newBucket, put, putPart } from "./objects.js";

/** Of one page of a listing; S3's is 1,000. */
const KEYS_PER_PAGE = 7;
const XML = { "content-type": "application/xml" };

type Answer = HandledResponse["response"];

const answer = (
  statusCode: number,
  headers: Record<string, string> = {},
  body: Uint8Array | string = "",
): Answer => ({
  statusCode,
  headers: { date: new Date().toUTCString(), ...headers },
  body: Readable.from([Buffer.from(body)]),
});

const failure = (status: number, code: string): Answer =>
  answer(status, XML, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);

const bytesOf = (body: unknown): Buffer => {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  throw new Error("this S3 takes whole bodies, no streams");
};

const checksum = (bytes: Uint8Array): string => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString("base64");
};

const header = ({ headers }: HandledRequest, name: string): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];

const getObject = (bucket: Bucket, key: string, request: HandledRequest): Answer => {
  const object = bucket.objects.get(key);
  if (!object) return failure(404, "NoSuchKey");
  const whole = { etag: object.etag, "accept-ranges": "bytes" };
  const range = /^bytes=(\d+)-(\d+)$/.exec(header(request, "range") ?? "");
  if (!range) {
    const headers = { ...whole, "content-length": String(object.bytes.length) };
    if (request.method === "HEAD") return answer(200, headers);
    return answer(200, { ...headers, "x-amz-checksum-crc32": checksum(object.bytes) }, object.bytes);
  }
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (first >= object.bytes.length) return failure(416, "InvalidRange");
  const part = object.bytes.subarray(first, last + 1);
  return answer(206, { ...whole, "content-length": String(part.length) }, part);
};

const list = (bucket: Bucket, { query }: HandledRequest): Answer => {
  const after = String(query["continuation-token"] ?? "");
  const keys = keysBelow(bucket, String(query["prefix"] ?? ""), after);
  const page = keys.slice(0, KEYS_PER_PAGE);
  const more = keys.length > page.length;
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
  const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  return answer(
    200,
    XML,
    `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents}</ListBucketResult>`,
  );
};

const write = (bucket: Bucket, key: string, request: HandledRequest): Answer => {
  const bytes = bytesOf(request.body);
  if (header(request, "x-amz-checksum-crc32") !== checksum(bytes)) return failure(400, "BadDigest");
  const upload = bucket.uploads.get(String(request.query["uploadId"] ?? ""));
  if (request.query["partNumber"] !== undefined) {
    if (!upload) return failure(404, "NoSuchUpload");
    const etag = putPart(upload, Number(request.query["partNumber"]), bytes);
    return answer(200, { etag, "x-amz-checksum-crc32": checksum(bytes) });
  }
  const outcome = put(bucket, key, bytes, header(request, "if-none-match") === "*");
  return outcome.kind === "exists" ? failure(412, "PreconditionFailed") : answer(200, { etag: outcome.etag });
};

const post = (bucket: Bucket, key: string, request: HandledRequest): Answer => {
  if (request.query["uploads"] !== undefined) {
    const id = begin(bucket, key);
    return answer(
      200,
      XML,
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }
  const numbers = [
    ...bytesOf(request.body)
      .toString()
      .matchAll(/<PartNumber>(\d+)</g),
  ].map(([, text]) => Number(text));
  const onlyNew = header(request, "if-none-match") === "*";
  const outcome = complete(bucket, String(request.query["uploadId"] ?? ""), numbers, onlyNew);
  if (outcome.kind === "invalid") return failure(404, "NoSuchUpload");
  if (outcome.kind === "exists") return failure(412, "PreconditionFailed");
  return answer(
    200,
    XML,
    `<CompleteMultipartUploadResult><ETag>${outcome.etag.replaceAll('"', "&quot;")}</ETag></CompleteMultipartUploadResult>`,
  );
};

const remove = (bucket: Bucket, key: string, { query }: HandledRequest): Answer => {
  if (query["uploadId"] === undefined) bucket.objects.delete(key);
  else bucket.uploads.delete(String(query["uploadId"]));
  return answer(204);
};

const route = (buckets: ReadonlyMap<string, Bucket>, request: HandledRequest): Answer => {
  const [, name = "", ...rest] = request.path.split("/");
  const key = decodeURIComponent(rest.join("/"));
  const bucket = buckets.get(name);
  if (!bucket) return failure(404, "NoSuchBucket");
  switch (request.method) {
    case "PUT":
      return write(bucket, key, request);
    case "POST":
      return post(bucket, key, request);
    case "DELETE":
      return remove(bucket, key, request);
    case "HEAD":
    case "GET":
      if (key !== "") return getObject(bucket, key, request);
      return request.method === "HEAD" ? answer(200) : list(bucket, request);
    default:
      return failure(405, "MethodNotAllowed");
  }
};

/**
 * An S3 in memory that an SDK client reaches without a socket: the requests that the lake makes, with path style, conditional
 * writes, ranges, parts and short pages, and CRC-32 looked at. The same contract runs against a real server too.
 */
export const createMemoryS3 = (
  ...names: readonly string[]
): { readonly handler: TestHandler; readonly bucket: (name: string) => Bucket } => {
  const buckets = new Map(names.map((name) => [name, newBucket()]));
  return {
    handler: testHandler(async (request: HandledRequest) => ({ response: route(buckets, request) })),
    bucket: (name) => buckets.get(name) as Bucket,
  };
};
