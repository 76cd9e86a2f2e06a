import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { startAwsServices } from "../support/awsServices.js";
import { startFreshet } from "../support/freshet.js";

const APP = ["--app", "examples/news/freshet.config.ts"];
/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;
const TOLD_WITHIN_MS = 40_000;

it("freshet dev tells Prometheus what all of its threads send to the store's services", async () => {
  const aws = await startAwsServices();
  onTestFinished(() => aws.close());
  const { child, done } = startFreshet(["dev", "--store", aws.storeFile, ...APP, "--port", "0", "--json"]);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await done;
  }, TIMEOUT_MS);
  const [printed] = (await once(child.stdout ?? child, "data")) as readonly unknown[];
  const { address } = JSON.parse(String(printed)) as { readonly address: string };
  const sent = async (service: string, operation: string): Promise<number> => {
    const metrics = await (await fetch(`${address}/metrics`)).text();
    const name = `freshet_store_attempts_total{service="${service}",operation="${operation}",outcome="done"} `;
    return Number(
      metrics
        .split("\n")
        .find((line) => line.startsWith(name))
        ?.slice(name.length) ?? 0,
    );
  };
  // the main thread reads no records: those that fold and land do
  const until = Date.now() + TOLD_WITHIN_MS;
  while (Date.now() < until && (await sent("kinesis", "GetRecords")) === 0)
    await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await sent("kinesis", "GetRecords")).toBeGreaterThan(0);
  expect(await sent("dynamodb", "UpdateItem")).toBeGreaterThan(0);
  expect(await sent("s3", "PutObject")).toBeGreaterThan(0);
  child.kill("SIGTERM");
  expect((await done).code).toBe(0);
});
