import { execFile, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importsOf } from "../structure/imports.js";
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
  "@freshet/infra": `import { ConfigError, parseDeployment } from "@freshet/infra";
    try { parseDeployment({}, "here"); } catch (error) { if (error instanceof ConfigError) console.log("ok"); }`,
  freshet: `import { defineApp } from "freshet"; if (typeof defineApp === "function") console.log("ok");`,
};

/** What others install without the rest. Each is installed alone; all of them together once, for an installation writes 20,000 files. */
const BY_THEMSELVES = [
  "@freshet/kpl",
  "@freshet/model",
  "@freshet/sdk",
  "@freshet/client",
  "@freshet/kinesis-consumer",
];

const directory = temporaryDirectory();
const out = join(directory.path, "release");
const together = join(directory.path, "together");
const call = promisify(execFile);

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
const install = async (project: string, own: readonly string[]): Promise<void> => {
  const all = tarballs();
  const overrides = Object.fromEntries(Object.entries(all).filter(([name]) => !own.includes(name)));
  const dependencies = Object.fromEntries(own.map((name) => [name, all[name]]));
  mkdirSync(project, { recursive: true });
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies, overrides }),
  );
  await call("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: project,
    maxBuffer: 64 << 20,
  });
};

const usesItself = async (project: string, name: string): Promise<void> => {
  const use = join(project, `use-${name.replaceAll("/", "-")}.mjs`);
  writeFileSync(use, USES[name] ?? "");
  const { stdout } = await call(process.execPath, [use], { cwd: project });
  expect(stdout.trim()).toBe("ok");
};

const installed = (name: string): string => join(together, "node_modules", name);

const sourcesOf = (name: string): readonly (readonly [file: string, text: string])[] =>
  readdirSync(join(installed(name), "dist"), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(?:js|d\.ts)$/.test(file))
    .map((file) => [file, readFileSync(join(installed(name), "dist", file), "utf8")]);

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

beforeAll(async () => {
  await call(process.execPath, ["scripts/release.mjs", "--out", out], { cwd: repositoryFile(".") });
  await install(together, Object.keys(USES));
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
  it.each(BY_THEMSELVES)("%s does what it is for, without the rest", async (name) => {
    const project = join(directory.path, name.replaceAll("/", "-"));
    await install(project, [name]);
    await usesItself(project, name);
  });

  it.each(Object.keys(USES))("%s does what it is for, with its licence and its notices", async (name) => {
    await usesItself(together, name);
    expect(readFileSync(join(installed(name), "LICENSE"), "utf8")).toContain("Apache License");
    expect(readFileSync(join(installed(name), "THIRD-PARTY-NOTICES.md"), "utf8")).toContain(
      "# Third-party notices",
    );
  });

  it.each(Object.keys(USES))("%s names every package that it imports", (name) => {
    const manifest = JSON.parse(readFileSync(join(installed(name), "package.json"), "utf8")) as Record<
      string,
      object | undefined
    >;
    const named = new Set([
      name,
      ...Object.keys(manifest["dependencies"] ?? {}),
      ...Object.keys(manifest["peerDependencies"] ?? {}),
    ]);
    const sources = sourcesOf(name);
    const imports = sources.flatMap(([file, text]) =>
      importsOf(text)
        .filter((specifier) => !specifier.startsWith(".") && !isBuiltin(specifier))
        .map((specifier) => [file, packageOf(specifier)] as const),
    );
    expect(sources.length).toBeGreaterThan(1);
    expect(imports.filter(([, imported]) => !named.has(imported))).toEqual([]);
  });

  it("is an app that runs, once freshet init has been asked for it", async () => {
    await call("npx", ["--no-install", "freshet", "init"], { cwd: together });
    const child = spawn("npm", ["start", "--", "--port", "0"], {
      cwd: together,
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
