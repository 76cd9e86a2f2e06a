import { once } from "node:events";
import { type DataStore, openDataStore } from "@freshet/storage";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AwsServices, NAME, startAwsServices } from "../support/awsServices.js";
import { freshet, startFreshet } from "../support/freshet.js";

const APP = ["--app", "examples/news/freshet.config.ts"];
/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;
const REFUSED = 3;
const FOUND_PROBLEMS = 4;
const HOUR_MS = 3_600_000;
/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:9";

/** What the SDK says of old versions of Node is not ours. */
const ownLines = (stderr: string): string =>
  stderr.replace(/\(node:\d+\) Warning[\s\S]*?was created\)\n/g, "");

const keys = (accessKeyId: string, secretAccessKey: string) => ({
  credentials: { accessKeyId, secretAccessKey },
});

describe("a command whose services are not as its store file says", () => {
  let aws: AwsServices;
  beforeAll(async () => {
    aws = await startAwsServices({ checksKeys: true });
    await aws.makeForeignTable("foreign");
  });
  afterAll(() => aws.close());

  it.each([
    [
      "a key that nobody knows",
      keys("AKIDOTHER", "secret"),
      /opening the table freshet: UnrecognizedClientException: .*; check the credentials/,
    ],
    [
      "a wrong secret",
      keys("AKIDEXAMPLE", "wrong"),
      /opening the stream freshet: InvalidSignatureException: .*; check the credentials, their policy and this machine's clock/,
    ],
    [
      "no such stream",
      { stream: "no-such" },
      /opening the stream no-such: ResourceNotFoundException: .*; check region and names/,
    ],
    [
      "no such table",
      { table: "no-such" },
      /opening the table no-such: ResourceNotFoundException: .*; check region and names/,
    ],
    ["no such bucket", { bucket: "no-such" }, /there is no bucket no-such; check the region and its name/],
    [
      "a table with other keys",
      { table: "foreign" },
      /the table foreign has the keys leaseKey HASH, Freshet's has pk HASH, sk RANGE; .*name another table/,
    ],
    [
      "an endpoint where nobody listens",
      { endpoints: { kinesis: NOWHERE, dynamodb: NOWHERE, s3: NOWHERE } },
      /opening the table freshet: .*ECONNREFUSED.*; it was tried several times; check the network, the endpoint/,
    ],
  ])("ends with 3 and one message that says what to do: %s", async (what, changes, message) => {
    const store = await aws.storeWith(`${what.replaceAll(" ", "-")}.json`, changes);
    const run = await freshet("speed", "--once", "--store", store, ...APP);
    expect(run.code).toBe(REFUSED);
    expect(run.stdout).toBe("");
    expect(ownLines(run.stderr)).toMatch(message);
    expect(ownLines(run.stderr).split("\n")).toHaveLength(2);
  });

  it(
    "is told by the doctor in full what to make, and all of it at once",
    async () => {
      const names = { stream: "no-such-stream", table: "no-such-table", bucket: "no-such-bucket" };
      const run = await freshet("doctor", "--store", await aws.storeWith("nothing.json", names), ...APP);
      expect(run.code).toBe(FOUND_PROBLEMS);
      for (const [what, name] of Object.entries(names)) {
        expect(run.stdout).toMatch(
          new RegExp(`^${what}: .*${name}.*\\n {2}make a ${what} of that name`, "m"),
        );
      }
      const other = await aws.storeWith("key.json", keys("AKIDOTHER", "secret"));
      const refused = await freshet("doctor", "--store", other, ...APP);
      expect(refused.stdout).toContain(
        "opening the bucket freshet: S3 refuses it (403); check the credentials",
      );
    },
    TIMEOUT_MS,
  );
});

describe("a machine whose clock is an hour behind", () => {
  it(
    "is refused by services that look at it, with what to do; the doctor says by how much it is off",
    async () => {
      const aws = await startAwsServices({ checksKeys: true, aheadMs: HOUR_MS });
      onTestFinished(() => aws.close());
      const run = await freshet("speed", "--once", "--store", aws.storeFile, ...APP);
      expect(run.code).toBe(REFUSED);
      expect(ownLines(run.stderr)).toMatch(/Signature expired: .*; check .*this machine's clock/);
      const doctor = await freshet("doctor", "--store", aws.storeFile, ...APP);
      expect(doctor.code).toBe(FOUND_PROBLEMS);
      expect(doctor.stdout).toMatch(
        /clock: this machine's clock is 3[56]\d\d(?:\.\d+)? s behind the services'\n {2}set this machine's clock/,
      );
    },
    TIMEOUT_MS,
  );
});

describe("a stream that is deleted while the line runs", () => {
  let aws: AwsServices;
  let data: DataStore;
  beforeAll(async () => {
    aws = await startAwsServices({ shards: 1 });
    data = await openDataStore(aws.store, {
      create: { shards: 1, segmentMs: 1_000, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 },
    });
  });
  afterAll(async () => {
    await data.close();
    await aws.close();
  });

  const start = (...args: readonly string[]) => {
    const started = startFreshet([...args, "--store", aws.storeFile, ...APP]);
    onTestFinished(async () => {
      started.child.kill("SIGKILL");
      await started.done;
    });
    return started;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it(
    "ends who reads it with 3, and a collector goes on to answer, but takes nothing",
    async () => {
      const speed = start("speed", "--threads", "1");
      await until(async () => (await data.increments.tips()).size === 1);
      const land = start("land");
      const serve = start("serve", "--port", "0", "--json");
      const [printed] = (await once(serve.child.stdout ?? serve.child, "data")) as readonly unknown[];
      const { address } = JSON.parse(String(printed)) as { readonly address: string };
      await until(async () => (await data.leases.list()).some(({ name }) => name === "role/land"));

      await aws.kinesis.service.call("DeleteStream", { StreamName: NAME });
      for (const { done } of [speed, land]) {
        const run = await done;
        expect(run.code).toBe(REFUSED);
        expect(run.stderr).toMatch(/^freshet: .*ResourceNotFoundException: Stream freshet .*check region/m);
      }
      const response = await fetch(`${address}/v1/events`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ type: "article_view", id: "late", time: Date.now() }),
      });
      expect(response.status).toBe(503);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
      expect((await fetch(`${address}/v1/status`)).status).toBe(200);
    },
    TIMEOUT_MS,
  );
});
