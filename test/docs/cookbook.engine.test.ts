import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cookbook, startCookbook } from "../support/cookbook.js";

describe("docs/cookbook.md, with Python", () => {
  let cookbook: Cookbook;
  beforeAll(async () => {
    cookbook = await startCookbook();
  });
  afterAll(() => cookbook.close());

  const run = async (
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number | undefined; readonly output: string }> => {
    const child = cookbook.start("python3", ["emit.py"], environment);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    const [code] = (await once(child, "close")) as readonly number[];
    return { code, output };
  };

  it("emits, and says what became of the event", async () => {
    expect(await run()).toEqual({ code: 0, output: "{'status': 'stored'}\n" });
    while ((await cookbook.views())["/python"] !== 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
  });

  it("sends the same event again when it is told to, and gives up on what no sending mends", async () => {
    const bodies: string[] = [];
    const answers = [429, 503, 200];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        bodies.push(Buffer.concat(chunks).toString());
        const status = answers[bodies.length - 1] ?? 413;
        response.writeHead(status, { "retry-after": "0" }).end('{"outcomes":[{"status":"stored"}]}');
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const FRESHET_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect((await run({ FRESHET_URL })).code).toBe(0);
      expect(bodies).toHaveLength(3);
      expect(new Set(bodies).size).toBe(1);
      const refused = await run({ FRESHET_URL });
      expect(refused.code).toBe(1);
      expect(refused.output).toContain("413");
      expect(bodies).toHaveLength(4);
    } finally {
      server.close();
    }
  });
});
