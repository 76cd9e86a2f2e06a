import { describe, expect, it } from "vitest";
import { awsServices } from "./openAwsLine.js";
import { type AwsLineConfig, parseStoreConfig } from "./storeConfig.js";

const aws: AwsLineConfig = {
  kind: "aws",
  region: "eu-west-1",
  stream: "s",
  table: "t",
  bucket: "b",
  prefix: "lake/",
  localDir: "/tmp/x",
  endpoints: { kinesis: "http://127.0.0.1:1", dynamodb: "http://127.0.0.1:2", s3: "http://127.0.0.1:3" },
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  pollMs: 250,
  flushMs: 500,
  lookMs: 200,
  inlineBytesMax: 0,
  log: { segmentMs: 1000 },
  deadLettersMax: 10,
  firehose: { prefix: "firehose/", errorPrefix: "firehose-errors/" },
  lambda: { fold: "freshet-fold" },
  spool: { kind: "sqs", queueUrl: "http://127.0.0.1:4/123456789012/spool" },
};

const parse = (value: unknown) => parseStoreConfig(JSON.stringify(value), "here");

describe("a store's configuration", () => {
  it("is a directory, or AWS with all that it may say", () => {
    expect(parse({ kind: "directory", dir: ".freshet" })).toEqual({ kind: "directory", dir: ".freshet" });
    expect(parse(aws)).toEqual(aws);
  });

  it.each([
    ["{", /no JSON/],
    ["[]", /`kind` must be/],
    [{ kind: "azure" }, /`kind` must be/],
    [{ kind: "directory" }, /dir/],
    [{ kind: "directory", dir: "x", table: "t" }, /table/],
    [{ ...aws, region: "" }, /\/region/],
    [{ ...aws, table: undefined }, /table/],
    [{ ...aws, tabel: "t" }, /tabel/],
    [{ ...aws, prefix: "lake" }, /\/prefix/],
    [{ ...aws, endpoints: { kinesis: "127.0.0.1:1" } }, /\/endpoints\/kinesis/],
    [{ ...aws, endpoints: { dynamo: "http://x" } }, /dynamo/],
    [{ ...aws, pollMs: 1 }, /\/pollMs/],
    [{ ...aws, inlineBytesMax: 400 * 1024 }, /\/inlineBytesMax/],
    [{ ...aws, log: { segmentMs: 0.5 } }, /\/log\/segmentMs/],
    [{ ...aws, credentials: { accessKeyId: "a" } }, /secretAccessKey/],
    [{ ...aws, firehose: { prefix: "firehose/" } }, /errorPrefix/],
    [{ ...aws, lambda: {} }, /fold/],
    [{ ...aws, spool: { kind: "disk" } }, /\/spool/],
    [{ ...aws, firehose: { prefix: "firehose", errorPrefix: "e/" } }, /\/firehose\/prefix/],
  ])("refuses %j, and says what is wrong", (value, message) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    expect(() => parseStoreConfig(text, "here")).toThrow(message);
    expect(() => parseStoreConfig(text, "here")).toThrow(/^here: /);
  });

  it("reaches each service, and gives the SDK credentials of its own to write into", () => {
    const services = awsServices(aws);
    expect(services).toMatchObject({
      region: "eu-west-1",
      log: { stream: "s", endpoint: "http://127.0.0.1:1", pollMs: 250 },
      dynamo: { table: "t", endpoint: "http://127.0.0.1:2" },
      lake: { bucket: "b", prefix: "lake/", endpoint: "http://127.0.0.1:3" },
      deadLettersMax: 10,
    });
    expect(services.credentials).toEqual(aws.credentials);
    expect(services.credentials).not.toBe(aws.credentials);
  });
});
