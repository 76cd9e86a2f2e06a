import { once } from "node:events";
import { readFileSync } from "node:fs";
import { freePort } from "@freshet/simulators";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cookbook, cookbookFiles, startCookbook } from "../support/cookbook.js";
import { repositoryFile } from "../support/freshet.js";

const COUNTED_WITHIN_MS = 20_000;
/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;

describe("docs/cookbook.md", () => {
  let cookbook: Cookbook;
  beforeAll(async () => {
    cookbook = await startCookbook();
  }, TIMEOUT_MS);
  afterAll(() => cookbook.close());

  const counted = async (page: string, views: number): Promise<void> => {
    const until = Date.now() + COUNTED_WITHIN_MS;
    while (Date.now() < until && (await cookbook.views())[page] !== views)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await cookbook.views()).toMatchObject({ [page]: views });
  };

  it("shows what is run here, and nothing else", () => {
    expect([...cookbookFiles().keys()]).toEqual([
      ...["events.ts", "server.ts", "route.ts", "lambda.ts", "emit.py", "emit.sh"],
    ]);
    const text = readFileSync(repositoryFile("docs/cookbook.md"), "utf8");
    expect(text.match(/^```\w/gm)).toHaveLength(cookbookFiles().size);
  });

  it("is typed", async () => {
    const child = cookbook.start(repositoryFile("node_modules/.bin/tsc"), ["-p", "typed"]);
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    await once(child, "close");
    expect(output).toBe("");
  });

  it("emits from Express, and sends what is left when the process is told to end", async () => {
    const port = await freePort();
    const child = cookbook.start(process.execPath, ["server.js"], { PORT: String(port) });
    const read = async (user: string): Promise<string> => {
      for (;;) {
        const response = await fetch(`http://127.0.0.1:${port}/articles/tides?user=${user}`).catch(
          () => null,
        );
        if (response) return response.text();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    for (const user of ["ada", "bob", "cy"]) expect(await read(user)).toBe("You read tides");
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as readonly (number | null)[];
    expect(code).toBe(0);
    await counted("/articles/tides", 3);
  });

  it("emits from Next, after the answer", async () => {
    const output = await cookbook.run(`
      import { POST } from "./route.js";
      import { events } from "./events.js";
      import { settled } from "next/server";
      const body = JSON.stringify({ page: "/next", user: "ada" });
      const response = await POST(new Request("http://localhost/api/views", { method: "POST", body }));
      console.log(response.status, await response.text(), events.counters().emitted);
      await settled();
      console.log(events.counters().emitted);
      await events.close(5000);`);
    expect(output).toBe('200 {"ok":true} 0\n1\n');
    await counted("/next", 1);
  });

  it("emits from a Lambda function, which answers once it is stored", async () => {
    const output = await cookbook.run(`
      import { handler } from "./lambda.js";
      console.log(await handler({ path: "/lambda", user: "ada" }));`);
    expect(output).toContain("204");
    await counted("/lambda", 1);
  });

  it("emits by curl, as often as one likes", async () => {
    const EVENT_TIME = new Date().toISOString();
    for (let turn = 0; turn < 2; turn++) {
      const child = cookbook.start("bash", ["emit.sh"], { EVENT_TIME });
      let output = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
      const [code] = (await once(child, "close")) as readonly number[];
      expect({ code, output }).toEqual({ code: 0, output: '{"outcomes":[{"status":"stored"}]}' });
    }
    await counted("/curl", 1);
  });
});
