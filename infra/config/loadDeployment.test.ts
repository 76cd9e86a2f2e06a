import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { aDeployment } from "../fixtures/deployment.js";
import { ConfigError } from "./configError.js";
import { loadDeployment, loadMetrics } from "./loadDeployment.js";

const directory = mkdtempSync(join(tmpdir(), "freshet-deployment-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("a deployment's file", () => {
  it("names the image and the app relative to itself", async () => {
    const file = join(directory, "freshet.deploy.json");
    writeFileSync(file, JSON.stringify({ ...aDeployment(), image: ".", app: "app.ts" }));
    expect(await loadDeployment(file)).toEqual({
      ...aDeployment(),
      image: directory,
      app: join(directory, "app.ts"),
    });
  });

  it("has the metrics of its app, or none without one", async () => {
    const metrics = await loadMetrics(resolve("examples/github/freshet.config.ts"));
    expect(metrics.map(({ name }) => name)).toEqual(["repo-activity", "event-types"]);
    expect(await loadMetrics(undefined)).toEqual([]);
  });

  it("says what is wrong with an app that is none", async () => {
    const file = join(directory, "nothing.json");
    writeFileSync(file, "{}");
    await expect(loadMetrics(file)).rejects.toThrow(ConfigError);
    await expect(loadMetrics(join(directory, "missing.ts"))).rejects.toThrow(/cannot be read/);
  });
});
