import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { freshetJson, startFreshet, temporaryDirectory } from "../support/freshet.js";

const APP = "examples/github/freshet.config.ts";
/** Takes longer than a question: the server is told to stop while it runs. */
const SLOW_SQL = "SELECT count(*) AS n FROM range(70000000) WHERE range % 7 = 3";
const COUNTED = 10_000_000;
const QUESTIONS = 10;
/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;

const startServer = async () => {
  const directory = temporaryDirectory();
  onTestFinished(() => directory.remove());
  const common = ["--app", APP, "--data", join(directory.path, "data")];
  const file = join(directory.path, "rows.ndjson");
  const row = { id: "1", dt: "2026-01-01T00:00:00Z", repo: "a", type: "push", actor: "b" };
  writeFileSync(file, `${JSON.stringify(row)}\n`);
  await freshetJson("replay", file, ...common);
  const { child, done } = startFreshet(["serve", ...common, "--port", "0", "--json"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [printed] = (await once(child.stdout ?? child, "data")) as readonly unknown[];
  const { address } = JSON.parse(String(printed)) as { readonly address: string };
  return { address, child, done };
};

it(
  "answers what is under way at SIGTERM, ends the streams that are followed, and ends well",
  async () => {
    const { address, child, done } = await startServer();
    const stream = await fetch(`${address}/v1/live?metric=repo-activity`);
    const followed = stream.text();
    const answered = fetch(`${address}/v1/sql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sql: SLOW_SQL }),
    });
    // later requests are answered: the statement before them is under way
    for (let asked = 0; asked < QUESTIONS; asked++) {
      expect((await fetch(`${address}/v1/metrics`)).status).toBe(200);
    }
    child.kill("SIGTERM");
    expect(await (await answered).json()).toMatchObject({ rows: [[COUNTED]] });
    expect(await followed).toMatch(/^event: answer$/m);
    const { code, stderr } = await done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  },
  TIMEOUT_MS,
);
