import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { US_EAST_1 } from "@freshet/simulators";
import { expect, it, onTestFinished } from "vitest";
import { parseFargateTask, runCostHere, runCostOf } from "./runCost.js";

/** As Amazon's documentation shows it ("Amazon ECS task metadata examples for tasks on Fargate"), shortened. */
const TASK = {
  Cluster: "default",
  Limits: { CPU: 0.25, Memory: 512 },
  AvailabilityZone: "us-east-1d",
  LaunchType: "FARGATE",
};
const HOUR_MS = 3_600_000;

it("is in dollars for a task of Fargate in the region of the prices", () => {
  const prices = { ...US_EAST_1, usd: { ...US_EAST_1.usd, fargateVcpuHour: 4, fargateGbHour: 2 } };
  expect(runCostOf(parseFargateTask(TASK), prices)(HOUR_MS / 2)).toEqual({
    kind: "usd",
    usd: 1,
    because: `Fargate, 0.25 vCPU and 0.5 GB in us-east-1, prices of ${US_EAST_1.asOf}`,
  });
});

it("is in seconds of a machine anywhere else", async () => {
  const seconds = { kind: "machine_seconds", seconds: 90 };
  for (const other of [
    null,
    {},
    { ...TASK, LaunchType: "EC2" },
    { ...TASK, AvailabilityZone: "eu-west-1a" },
    { ...TASK, Limits: { CPU: 0.25 } },
  ])
    expect(runCostOf(parseFargateTask(other), US_EAST_1)(90_000)).toEqual(seconds);
  expect((await runCostHere({}))(90_000)).toEqual(seconds);
});

it("asks the task's own endpoint, and is in seconds where that fails", async () => {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    response.end(request.url === "/v4/1/task" ? JSON.stringify(TASK) : "no JSON");
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const at = (path: string) => ({
    ECS_CONTAINER_METADATA_URI_V4: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  });
  expect((await runCostHere(at("/v4/1")))(1_000)).toMatchObject({ kind: "usd" });
  expect((await runCostHere(at("/v4/2")))(1_000)).toMatchObject({ kind: "machine_seconds" });
  expect(paths).toEqual(["/v4/1/task", "/v4/2/task"]);
});
