import { execFile, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryFile, temporaryDirectory } from "../support/freshet.js";

/** What each package does in an empty project, once it is installed: prints `ok`. */
const USES: Readonly<Record<string, string>> = {
  "@freshet/kpl": `import { createAggregator } from "@freshet/kpl";
    const aggregator = createAggregator({ bytesMax: 1000, countMax: 10 });
    aggregator.add({ partitionKey: "a", data: Buffer.from("1") });
    if (aggregator.take().count === 1) console.log("ok");`,
  "@freshet/model": `import { defineApp, event, metric, count, t, toAppDocument, createEventReader } from "@freshet/model";
    const view = event("view", { page: t.string() });
    const app = defineApp({ events: [view], metrics: [metric("views", view, { by: (e) => ({ page: e.page }), measures: () => ({ n: count() }) })] });
    const text = JSON.stringify({ type: "view", id: "1", time: "2026-11-21T00:00:00Z", page: "/" });
    if (createEventReader(toAppDocument(app)).read(Buffer.from(text)).kind !== "rejected") console.log("ok");`,
  "@freshet/sdk": `import { createProducer } from "@freshet/sdk";
    import "@freshet/sdk/browser"; import "@freshet/sdk/node";
    const transport = { send: async ({ events }) => ({ kind: "results", results: events.map(() => ({ kind: "stored" })) }) };
    const producer = createProducer({ transport });
    const outcome = producer.emit("view", { page: "/" });
    await producer.close();
    if ((await outcome).kind === "stored") console.log("ok");`,
  "@freshet/client": `import { createClient } from "@freshet/client";
    const fetch = async () => new Response(JSON.stringify({ metrics: [] }), { status: 200 });
    if ((await createClient({ url: "http://x.invalid", fetch }).metrics()).metrics.length === 0) console.log("ok");`,
  "@freshet/kinesis-consumer": `import * as consumer from "@freshet/kinesis-consumer"; if (Object.keys(consumer).length > 0) console.log("ok");`,
  "@freshet/storage": `import { openDataDirectory } from "@freshet/storage";
    const data = await openDataDirectory("data", { create: { shards: 1, segmentMs: 1000, segmentEventsMax: 1000, dedupeHorizonMs: 60000 } });
    const [outcome] = await data.log.append([{ partitionKey: "a", data: Buffer.from("1") }]);
    await data.close();
    if (outcome.kind === "stored") console.log("ok");`,
  "@freshet/producers": `import { createIntake } from "@freshet/producers"; if (typeof createIntake === "function") console.log("ok");`,
  "@freshet/speed-layer": `import { startSpeedLayer } from "@freshet/speed-layer"; if (typeof startSpeedLayer === "function") console.log("ok");`,
  "@freshet/batch-layer": `import { runBatch } from "@freshet/batch-layer"; import "@freshet/batch-layer/firehose"; import { existsSync } from "node:fs";
    import { createRequire } from "node:module";
    if (existsSync(createRequire(import.meta.url).resolve("@freshet/batch-layer/spark/driver.py")) && typeof runBatch === "function") console.log("ok");`,
  "@freshet/serving-layer": `import { createReader } from "@freshet/serving-layer"; if (typeof createReader === "function") console.log("ok");`,
  "@freshet/simulators": `import { generatedWorkload, DEFAULT_GENERATED } from "@freshet/simulators";
    const source = generatedWorkload({ ...DEFAULT_GENERATED, durationMs: 1000, rate: { kind: "steady", perSecond: 100 } }).open(0);
    const bytes = new Uint8Array(1024);
    if (JSON.parse(Buffer.from(bytes.subarray(0, source.write(bytes, 0))).toString()).id) console.log("ok");`,
  "@freshet/infra": `import { sizesFor } from "@freshet/infra";
    const scale = { eventsPerSecond: 1, bytesPerEvent: 100, keys: 1, retention: { stream: "24h" } };
    if (sizesFor(scale).shards === 1) console.log("ok");`,
  freshet: `import { defineApp } from "freshet"; if (typeof defineApp === "function") console.log("ok");`,
};

const directory = temporaryDirectory();
const out = join(directory.path, "release");
const call = promisify(execFile);
const npm = (cwd: string, ...args: readonly string[]) => call("npm", [...args], { cwd, maxBuffer: 64 << 20 });

/** Tarballs by package. */
const tarballs = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(USES).map((name) => {
      const start = `${name.replace("@", "").replace("/", "-")}-`;
      const file = readdirSync(out).find(
        (one) => one.startsWith(start) && /^\d/.test(one.slice(start.length)),
      );
      return [name, `file:${join(out, file ?? "missing")}`];
    }),
  );

/** An empty project that has these packages and, where they need them, our others as they would be published. */
const install = async (project: string, manifest: object, own: readonly string[]): Promise<void> => {
  const all = tarballs();
  const overrides = Object.fromEntries(Object.entries(all).filter(([name]) => !own.includes(name)));
  mkdirSync(project, { recursive: true });
  const dependencies = Object.fromEntries(own.map((name) => [name, all[name]]));
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ ...manifest, private: true, type: "module", dependencies, overrides }),
  );
  await npm(project, "install", "--no-audit", "--no-fund", "--prefer-offline");
};

beforeAll(async () => {
  await call(process.execPath, ["scripts/release.mjs", "--out", out], { cwd: repositoryFile(".") });
});
afterAll(() => directory.remove());

describe("a release", () => {
  it("has every package, an SBOM of what they need, and sums", () => {
    expect(readdirSync(out).filter((file) => file.endsWith(".tgz"))).toHaveLength(Object.keys(USES).length);
    const sbom = JSON.parse(readFileSync(join(out, "sbom.cdx.json"), "utf8")) as {
      bomFormat: string;
      components: readonly { name: string }[];
    };
    expect(sbom.bomFormat).toBe("CycloneDX");
    const names = sbom.components.map(({ name }) => name);
    expect(names).toContain("lmdb");
    expect(names).not.toContain("vitest");
    expect(readFileSync(join(out, "SHA256SUMS"), "utf8").trim().split("\n")).toHaveLength(
      Object.keys(USES).length + 1,
    );
  });

  it("is refused under a tag that is not its version", async () => {
    await expect(
      call(process.execPath, ["scripts/release.mjs", "--tag", "v99.0.0", "--out", `${out}-99`], {
        cwd: repositoryFile("."),
      }),
    ).rejects.toMatchObject({ stderr: expect.stringContaining("the tag is v99.0.0") });
  });
});

describe("installed into an empty project", () => {
  it.each(Object.keys(USES))("%s does what it is for", async (name) => {
    const project = join(directory.path, name.replaceAll("/", "-"));
    await install(project, {}, [name]);
    writeFileSync(join(project, "use.mjs"), USES[name] as string);
    const { stdout } = await call(process.execPath, ["use.mjs"], { cwd: project });
    expect(stdout.trim()).toBe("ok");
    const installed = join(project, "node_modules", name);
    expect(readFileSync(join(installed, "LICENSE"), "utf8")).toContain("Apache License");
    expect(readFileSync(join(installed, "THIRD-PARTY-NOTICES.md"), "utf8")).toContain(
      "# Third-party notices",
    );
  });

  it("freshet init gives a starter that runs", async () => {
    const tools = join(directory.path, "freshet");
    const starter = join(directory.path, "starter");
    await call("npx", ["--no-install", "freshet", "init", starter], { cwd: tools });
    const manifest = JSON.parse(readFileSync(join(starter, "package.json"), "utf8")) as Record<
      string,
      object
    >;
    expect(manifest["dependencies"]).toEqual({ freshet: expect.stringMatching(/^\^\d/) });
    await install(starter, manifest, ["freshet"]);
    const child = spawn("npx", ["--no-install", "freshet", "dev", "--port", "0"], {
      cwd: starter,
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      const address = await new Promise<string>((resolve, reject) => {
        let text = "";
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
          const found = /http:\/\/[\d.]+:\d+/.exec(text)?.[0];
          if (found !== undefined) resolve(found);
        });
        child.on("close", () => reject(new Error(`ended: ${text}`)));
      });
      const event = { type: "page_view", id: "1", time: new Date().toISOString(), page: "/", user: "ada" };
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${address}/v1/events`, {
        method: "POST",
        headers,
        body: JSON.stringify(event),
      });
      expect(answer.status).toBe(200);
      const views = async (): Promise<unknown> => {
        const value = await fetch(`${address}/v1/metrics/page-views/value?key=page=/&window=1h`);
        return ((await value.json()) as { values: Record<string, unknown> }).values?.["views"];
      };
      await expect.poll(views, { timeout: 30_000, interval: 250 }).toBe(1);
      expect(await (await fetch(address)).text()).toContain("Freshet");
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await ended;
    }
  });
});
