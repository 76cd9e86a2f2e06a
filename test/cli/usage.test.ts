import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { DuckDBInstance } from "@duckdb/node-api";
import { parseDeployment, type ScaleConfig } from "@freshet/infra";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataDirectory } from "@freshet/storage";
import { deployment } from "../infra/stage.js";
import { freshet, startFreshet, temporaryDirectory } from "../support/freshet.js";
import { conformed, conforming, keptSchemas, loosePlaces } from "./conforms.js";

const APP = "examples/github/freshet.config.ts";
const rows = Array.from({ length: 40 }, (_, index) => ({
  id: `e${index}`,
  dt: new Date(Date.parse("2020-01-01T00:00:00Z") + index * 20_000).toISOString(),
  repo: `repo/${index % 4}`,
  type: index % 5 === 0 ? "watch" : "push",
  actor: `actor${index % 7}`,
}));

/** Runs a command that must succeed; what it prints must be as its kept schema says. */
const freshetJson = async <T>(command: string, ...args: readonly string[]): Promise<T> => {
  const run = await freshet(...command.split(" "), ...args, "--json");
  expect(run.code, run.stderr).toBe(0);
  return conforming<T>(command, run.stdout);
};

/** Resolves when a process has printed something that matches. */
const printed = (stream: Readable | null, pattern: RegExp): Promise<void> =>
  new Promise((resolve, reject) => {
    let seen = "";
    stream?.on("data", (text: string) => {
      seen += text;
      if (pattern.test(seen)) resolve();
    });
    stream?.on("close", () => reject(new Error(`ended without ${pattern}: ${seen}`)));
  });

describe("freshet on the command line", () => {
  const directory = temporaryDirectory();
  const data = join(directory.path, "data");
  const file = join(directory.path, "rows.ndjson");
  const common = ["--app", APP, "--data", data];

  beforeAll(async () => {
    const lines = rows.map((row) => JSON.stringify(row));
    lines.splice(10, 0, '{"id": "broken"', JSON.stringify({ ...rows[0], id: "x", repo: 7 }));
    writeFileSync(file, `${lines.join("\n")}\n`);
    const replay = await freshet("replay", file, ...common);
    expect(replay.code, replay.stderr).toBe(0);
    expect(replay.stdout).toMatch(/42 events = 40 accepted \+ 0 duplicates \+ 2 rejected/);
    expect(replay.stdout).toMatch(/freshet dead-letters/);
  });
  afterAll(() => directory.remove());

  it("suggests the nearest command and option", async () => {
    const command = await freshet("repaly", file);
    expect(command.code).toBe(2);
    expect(command.stderr).toMatch(/Did you mean replay/);
    const option = await freshet("top", "repo-activity", "--windw", "1h");
    expect(option.code).toBe(2);
    expect(option.stderr).toMatch(/--window/);
  });

  it("suggests the nearest metric, measure and dimension", async () => {
    const metric = await freshet("top", "repo-activty", ...common);
    expect(metric.code).toBe(2);
    expect(metric.stderr).toMatch(/repo-activity/);
    const measure = await freshet("top", "repo-activity", "--by", "evnts", ...common);
    expect(measure.code).toBe(2);
    expect(measure.stderr).toMatch(/events/);
    const dimension = await freshet("series", "repo-activity", "--key", "rep=repo/1", ...common);
    expect(dimension.code).toBe(2);
    expect(dimension.stderr).toMatch(/repo/);
  });

  it("names the file, the place and what was expected in a wrong config", async () => {
    const wrong = join(directory.path, "wrong.config.ts");
    writeFileSync(
      wrong,
      `import { count, defineApp, event, metric, sum, t } from "freshet";
const e = event("e", { price: t.number() });
export default defineApp({ events: [e], metrics: [metric("m", e, { by: () => ({}), measures: (x) => ({ s: sum(x.price as never) }), pane: "1m" })] });
`,
    );
    const run = await freshet("replay", file, "--app", wrong, "--data", join(directory.path, "never"));
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("wrong.config.ts");
    expect(run.stderr).toMatch(/float|decimal|integer/);
    expect(existsSync(join(directory.path, "never"))).toBe(false);
    const absent = await freshet("replay", file, "--app", "nowhere.ts", ...common.slice(2));
    expect(absent.code).toBe(2);
    expect(absent.stderr).toMatch(/no such file/);
  });

  it("stops a replay at Ctrl-C, says that the next goes on from there, and that one does", async () => {
    const again = [file, "--app", APP, "--data", join(directory.path, "interrupted")];
    const first = startFreshet(["replay", ...again, "--rate", "10", "--json"]);
    await printed(first.child.stderr, /[1-9]\d* events/);
    first.child.kill("SIGINT");
    const run = await first.done;
    expect(run.code, run.stderr).toBe(130);
    expect(run.stderr).toMatch(/interrupted: .* goes on from there/);
    const before = conforming<{ kind: string; rows: number }>("replay", run.stdout);
    expect(before.kind).toBe("interrupted");
    expect(before.rows).toBeGreaterThan(0);
    expect(before.rows).toBeLessThan(42);
    expect(await freshetJson("replay", ...again)).toMatchObject({
      kind: "finished",
      resumedAfterRows: before.rows,
      ledger: { events: 42, accepted: 40 },
    });
  });

  it("refuses a file that is not there, and leaves no data directory", async () => {
    const never = join(directory.path, "never");
    const run = await freshet("replay", join(directory.path, "no.ndjson"), "--app", APP, "--data", never);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/no such file/);
    const folder = await freshet("replay", directory.path, ...common);
    expect(folder.code).toBe(2);
    expect(folder.stderr).toMatch(/is a directory/);
    expect(existsSync(never)).toBe(false);
  });

  it("refuses a data directory of another version, untouched", async () => {
    const other = join(directory.path, "other");
    cpSync(data, other, { recursive: true });
    const format = join(other, "format.json");
    const newer = readFileSync(format, "utf8").replace(/"version":\s*\d+/, '"version": 99');
    writeFileSync(format, newer);
    const run = await freshet("status", "--data", other);
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/version/);
    expect(readFileSync(format, "utf8")).toBe(newer);
  });

  it("refuses a data directory that is not there, and a second process on one that is in use", async () => {
    const missing = await freshet("status", "--data", join(directory.path, "nothing"));
    expect(missing.code).toBe(3);
    const first = startFreshet(["speed", ...common, "--json"]);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    try {
      const second = await freshet("speed", ...common);
      expect(second.code).toBe(3);
      expect(second.stderr).toMatch(/in use/);
    } finally {
      first.child.kill("SIGTERM");
    }
    const stopped = await first.done;
    expect(stopped.code).toBe(0);
    conforming("speed", stopped.stdout);
  });

  it("makes keys whose text it shows once, lists them, and ends them", async () => {
    const made = await freshetJson<{ id: string; key: string }>(
      "keys create",
      "a page",
      "--scopes",
      "read,emit",
      "--rate",
      "5",
      ...common,
    );
    expect(made).toMatchObject({
      name: "a page",
      scopes: ["read", "emit"],
      requestsPerSecond: 5,
      revoked: null,
    });
    const listed = await freshet("keys", "list", ...common, "--json");
    expect(conforming("keys list", listed.stdout)).toMatchObject({ keys: [{ id: made.id, revoked: null }] });
    expect(listed.stdout).not.toContain(made.key.slice(-40));
    expect(await freshetJson("keys revoke", made.id, ...common)).toMatchObject({
      revoked: expect.any(String),
    });
    expect((await freshet("keys", "revoke", "nothing0", ...common)).stderr).toMatch(/no key nothing0/);
    expect((await freshet("keys", "create", "x", "--scopes", "all", ...common)).code).toBe(2);
  });

  it("says what mending would do, how live differed, and the books by hour", async () => {
    expect(await freshetJson("mend", "--reason", "wrong_type", ...common)).toMatchObject({
      id: null,
      letters: 1,
      mended: 0,
      stillBad: { wrong_type: 1 },
    });
    await freshetJson("drift", "repo-activity", ...common);
    await freshetJson("ledger", ...common);
  });

  it("counts nothing before the hour has landed, names who lacks it, and counts all the same where told to", async () => {
    const late = ["--app", APP, "--data", join(directory.path, "late")];
    expect((await freshet("replay", file, ...late)).code).toBe(0);
    const stored = await openDataDirectory(join(directory.path, "late"));
    for (const { name } of await stored.records.list("landing/")) await stored.records.remove(name);
    await stored.close();
    const refused = await freshet("batch", "--no-land", ...late);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(
      /nothing was published: before .* lack shardId-\d+ \(nothing landed yet\)/,
    );
    expect((await freshet("batch", "--no-land", "--require", "none", ...late)).code).toBe(0);
    const over = await freshet("batch", "--timeout", "1ms", ...late);
    expect(over.code).toBe(5);
    expect(over.stderr).toMatch(/^freshet: the batch run was interrupted after 0.001 s/m);
    expect((await freshet("batch", "--timeout", "30d", ...late)).code).toBe(2);
    const { runs } = await freshetJson<{ readonly runs: readonly { readonly outcome: string }[] }>(
      "runs",
      ...late,
    );
    expect(runs.map(({ outcome }) => outcome)).toEqual(["timed_out", "unchanged", "unready"]);
    expect((await freshet("batch", "--require", "balanced", ...late)).stdout).toMatch(/^generation \d/);
  });

  it("shows dead letters with their reason, detail and position", async () => {
    const found = await freshetJson<{
      total: number;
      letters: { reason: string; detail: string; sequence: string; body: string }[];
    }>("dead-letters", ...common);
    expect(found.total).toBe(2);
    expect(found.letters.map(({ reason }) => reason).sort()).toEqual(["malformed", "wrong_type"]);
    expect(found.letters.find(({ reason }) => reason === "wrong_type")?.detail).toMatch(/repo/);
    const filtered = await freshetJson<{ letters: unknown[] }>(
      "dead-letters",
      "--reason",
      "malformed",
      ...common,
    );
    expect(filtered.letters).toHaveLength(1);
  });

  it("publishes, lists, reverts and goes on", async () => {
    interface Listed {
      readonly generations: readonly { readonly generation: number; readonly stands: boolean }[];
    }
    await freshetJson("batch", ...common);
    await freshetJson("batch", "--rebuild", ...common);
    const { generations } = await freshetJson<Listed>("generations", ...common);
    expect(generations.map(({ stands }) => stands)).toEqual([true, ...generations.slice(1).map(() => false)]);
    const older = generations[1]!.generation;
    const { metrics } = await freshetJson<{ readonly metrics: readonly object[] }>(
      "compare",
      String(older),
      ...common,
    );
    expect(metrics.length).toBeGreaterThan(1);
    for (const metric of metrics)
      expect(metric).toMatchObject({ onlyFirst: 0, onlySecond: 0, differing: 0, days: [] });
    expect((await freshet("compare", "99", ...common)).stderr).toMatch(/generation 99 is not kept/);
    await freshetJson("revert", String(older), ...common);
    const after = (await freshetJson<Listed>("generations", ...common)).generations;
    expect(after.filter(({ stands }) => stands).map(({ generation }) => generation)).toEqual([older]);
    await freshetJson("batch", ...common);
    const status = await freshetJson<{ ledger: { accepted: number } }>("status", ...common);
    expect(status.ledger.accepted).toBe(40);
    const { runs } = await freshetJson<{ readonly runs: readonly object[] }>("runs", ...common);
    const [last, rebuild, first] = runs;
    expect(last).toMatchObject({ outcome: "unchanged", rebuild: false });
    expect(rebuild).toMatchObject({ outcome: "published", rebuild: true, records: 0 });
    expect(first).toMatchObject({
      engine: "duckdb",
      schedule: { kind: "command" },
      ledger: { accepted: 40 },
      attempts: [{ error: null }],
    });
  });

  it("backs up and restores, proven by the ledger", async () => {
    const backup = join(directory.path, "backup");
    const restored = join(directory.path, "restored");
    await freshetJson("backup", backup, ...common);
    const result = await freshetJson<{ equal: boolean; ledger: { accepted: number } }>(
      ...(["restore", backup, "--app", APP, "--data", restored] as const),
    );
    expect(result).toMatchObject({ equal: true, ledger: { accepted: 40 } });
    const again = await freshet("restore", backup, "--app", APP, "--data", restored);
    expect(again.code).toBe(3);
  });

  it("finds nothing wrong with a sound directory, and says what is wrong with another", async () => {
    const sound = await freshetJson<{ problems: number }>("doctor", ...common);
    expect(sound.problems).toBe(0);
    const broken = await freshet("doctor", "--app", "nowhere.ts", "--data", data);
    expect(broken.code).toBe(4);
    expect(broken.stdout).toMatch(/PROBLEM/);
  });

  it("writes a starter project that loads, and never over files", async () => {
    const project = join(directory.path, "project");
    mkdirSync(project);
    await freshetJson("init", project);
    const config = join(project, "freshet.config.ts");
    expect((await freshet("doctor", "--app", config, "--data", join(project, "none"))).stdout).toMatch(
      /1 metrics/,
    );
    const again = await freshet("init", project);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/nothing was written/);
  });

  it("ends quietly when whoever reads has enough", async () => {
    const { child, done } = startFreshet(["--help"]);
    child.stdout?.destroy();
    expect(await done).toMatchObject({ code: 0, stderr: "" });
  });

  it("completes a project that is there, and leaves its files as they are", async () => {
    const project = join(directory.path, "own");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), "{ name: }");
    const broken = await freshet("init", project);
    expect([broken.code, broken.stderr]).toEqual([
      2,
      expect.stringContaining("is no JSON: nothing was written"),
    ]);
    expect(readdirSync(project)).toEqual(["package.json"]);
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "shop" }));
    writeFileSync(join(project, "README.md"), "mine");
    const { files } = await freshetJson<{ files: string[] }>("init", project);
    expect(files.sort()).toEqual([".gitignore", "freshet.config.ts", "package.json"]);
    expect(readFileSync(join(project, "README.md"), "utf8")).toBe("mine");
    expect(JSON.parse(readFileSync(join(project, "package.json"), "utf8"))).toMatchObject({
      name: "shop",
      scripts: { start: "freshet dev" },
    });
  });

  it("prints answers as their schemas say, live, settled and empty", async () => {
    const key = ["--key", "repo=repo/1"];
    await Promise.all([
      freshetJson("top", "repo-activity", "--data", join(directory.path, "interrupted")),
      freshetJson("top", "repo-activity", "--at", "2030-01-01T00:00:00Z", ...common),
      freshetJson("value", "repo-activity", ...key, ...common),
      freshetJson("series", "repo-activity", ...key, ...common),
    ]);
  });

  it("asks in SQL: a table, CSV or a file; what cannot be run is said with its place", async () => {
    const statement = "SELECT repo, sum(events) AS n FROM repo_activity GROUP BY repo ORDER BY repo";
    const answer = await freshetJson<{ rows: unknown[][] }>("sql", statement, ...common);
    expect(answer.rows).toEqual(["repo/0", "repo/1", "repo/2", "repo/3"].map((repo) => [repo, 10]));
    expect((await freshet("sql", statement, ...common)).stdout).toMatch(/repo\/0 +10\n/);
    expect((await freshet("sql", statement, "--csv", "--limit", "2", ...common)).stdout).toBe(
      "repo,n\r\nrepo/0,10\r\nrepo/1,10\r\n",
    );
    const written = join(directory.path, "rows.parquet");
    expect((await freshet("sql", statement, "--out", written, ...common)).code).toBe(0);
    expect(readFileSync(written).subarray(0, 4).toString()).toBe("PAR1");
    const wrong = await freshet("sql", "SELECT rep FROM repo_activity", ...common);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/"rep" not found[^]*LINE 1: SELECT rep/);
    expect((await freshet("sql", "DROP VIEW repo_activity", ...common)).stderr).toMatch(/does not ask/);
  });

  it("serves at an address that it prints", async () => {
    const servedBy = async (command: string): Promise<void> => {
      const { child, done } = startFreshet([command, ...common, "--port", "0", "--json"]);
      await printed(child.stdout, /\}\n$/);
      child.kill("SIGTERM");
      const { code, stdout } = await done;
      expect(code).toBe(0);
      const { address } = conforming<{ address: string }>(command, stdout);
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    };
    await Promise.all(["serve", "dev"].map(servedBy));
  });

  it("lands again, and gives up, what an operator names", async () => {
    await freshetJson("land", "--once", ...common);
    const { shards } = await freshetJson<{ shards: { shard: string; lastSequence: string }[] }>(
      ...(["status", ...common] as const),
    );
    const { shard, lastSequence: last } = shards[0]!;
    const landed = await freshetJson<{ records: number }>(
      ...(["land", "--fill", `${shard}/${last}-${last}`, ...common] as const),
    );
    expect(landed.records).toBe(1);
    await freshetJson(
      ...([
        "write-off",
        "--shard",
        shard,
        "--from",
        last,
        "--to",
        last,
        "--reason",
        "a test",
        ...common,
      ] as const),
    );
    await freshetJson("batch", ...common);
    const status = await freshetJson<{ writeOffs: { reason: string }[] }>("status", ...common);
    expect(status.writeOffs.map(({ reason }) => reason)).toEqual(["a test"]);
  });

  it("says what a migration would do", async () => {
    const { steps, done } = await freshetJson<{ steps: string[]; done: boolean }>("migrate", ...common);
    expect({ steps, done }).toEqual({ steps: [], done: false });
  });

  it("keeps the answers as documents, and writes what dashboards need", async () => {
    const first = await freshetJson<Record<string, number>>("project", "--once", ...common);
    expect(first).toMatchObject({ removed: 0, superseded: 0, refused: 0, letters: 0 });
    expect(first["written"]).toBeGreaterThan(5);
    const file = join(directory.path, "dashboards.ndjson");
    const { objects } = await freshetJson<{ objects: number }>("project", "--saved-objects", file, ...common);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(objects);
    const store = join(directory.path, "watching.json");
    const documents = { watch: [{ metric: "repo-activty", key: { repo: "repo/1" } }] };
    writeFileSync(store, JSON.stringify({ kind: "directory", dir: data, documents }));
    const refused = await freshet("project", "--once", "--app", APP, "--store", store);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/repo-activty.*repo-activity/) });
  });

  it("sends a load to a running line", async () => {
    const clicks = ["--app", "examples/clicks/freshet.config.ts", "--data", join(directory.path, "clicks")];
    const { child, done } = startFreshet(["dev", ...clicks, "--port", "0"]);
    try {
      const address = await new Promise<string>((resolve) => {
        let seen = "";
        child.stdout?.on("data", (text: string) => {
          seen += text;
          const found = /http:\/\/[\d.]+:\d+/.exec(seen)?.[0];
          if (found !== undefined) resolve(found);
        });
      });
      const short = ["--rate", "50", "--duration", "2s", "--warm-up", "1s"];
      const { runs } = await freshetJson<{
        runs: { counts: { sent: number }; correctness: { verdict: string } }[];
      }>(...(["load", address, ...short] as const));
      expect(runs.map(({ correctness }) => correctness.verdict)).toEqual(["equal"]);
      expect(runs[0]?.counts.sent).toBeGreaterThan(250);
    } finally {
      child.kill("SIGTERM");
      await done;
    }
  });

  it("says what other engines are told to read the lake, and DuckDB reads it by that", async () => {
    expect((await freshet("batch", ...common)).code).toBe(0);
    const told = async (engine: string, lake: string): Promise<readonly string[]> => {
      const asked = ["--engine", engine, "--lake", lake, "--app", APP];
      return (await freshetJson<{ statements: string[] }>("catalogue", ...asked)).statements;
    };
    const athena = await told("athena", "s3://bucket/lake");
    expect(athena.filter((one) => one.startsWith("CREATE EXTERNAL TABLE")).length).toBeGreaterThan(3);
    expect(athena[0]).toContain("LOCATION 's3://bucket/lake/raw/'");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    for (const statement of await told("duckdb", join(data, "lake"))) await connection.run(statement);
    const settled = await connection.runAndReadAll(
      "SELECT sum(m_events)::INTEGER AS events FROM metric_repo_activity",
    );
    expect(settled.getRowObjects()).toEqual([{ events: 40 }]);
    connection.closeSync();
    instance.closeSync();
    const nobody = await freshet("catalogue", "--engine", "oracle", "--lake", "x");
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toMatch(/athena, redshift, spark, duckdb/);
  });

  it("measures what an event costs, and plans", async () => {
    const coefficients = join(directory.path, "coefficients.json");
    const { measured } = await freshetJson<{ measured: Record<string, number> }>(
      ...(["calibrate", "--events", "10000", "--out", coefficients] as const),
    );
    expect(Math.abs((measured["eventBytes"] ?? 0) - 220)).toBeLessThan(10);
    const question = ["--events", "58000", "--bytes", "220", "--keys", "1e6", "--retention", "30d"];
    const asked = [...question, "--freshness", "2s", "--coefficients", coefficients];
    const { needs, scale, usdPerMonth } = await freshetJson<{
      needs: { sizes: { shards: number } };
      scale: ScaleConfig;
      usdPerMonth: number;
    }>(...(["plan", ...asked] as const));
    expect(needs.sizes.shards).toBe(28);
    const ofStage = { ...deployment.production, scale };
    expect(() => parseDeployment({ ...deployment, production: ofStage }, "the plan")).not.toThrow();
    expect(usdPerMonth).toBeGreaterThan(1_000);
    const table = await freshet("plan", ...asked);
    expect(table.stdout).toMatch(/stream +\$/);
    expect(table.stdout).toMatch(/what if/);
    const missing = await freshet("plan", ...question, "--freshness", "2s", "--coefficients", "nowhere.json");
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/nowhere\.json. Measure them with `freshet calibrate`/);
    const prices = join(directory.path, "prices.json");
    writeFileSync(prices, JSON.stringify({ region: "x", asOf: "2026-11-21", source: "y", usd: {} }));
    const priceless = await freshet("plan", ...asked, "--prices", prices);
    expect(priceless.code).toBe(2);
    expect(priceless.stderr).toMatch(/prices\.usd: kinesisShardHour is missing/);
    const halfMeasured = join(directory.path, "half.json");
    const { speedUsPerGroup: _, ...half } = measured;
    const file = JSON.parse(readFileSync(coefficients, "utf8")) as object;
    writeFileSync(halfMeasured, JSON.stringify({ ...file, measured: half }));
    const partial = await freshet("plan", ...asked, "--coefficients", halfMeasured);
    expect([partial.code, partial.stderr]).toEqual([
      2,
      expect.stringContaining("speedUsPerGroup is missing"),
    ]);
    const huge = await freshet("plan", ...asked, "--peak", "1000");
    expect(huge.stderr).toMatch(/peak is 1000: a plan is made for 1 to 100/);
  });

  it("has held the output of every command against a schema that lets nothing unknown in", () => {
    // These need an account, or an emulator of one: see test/infra/deployedLine.engine.test.ts.
    const elsewhere = ["deploy", "destroy"];
    expect([...conformed, ...elsewhere].sort()).toEqual([...keptSchemas.keys()].sort());
    const loose = [...keptSchemas].flatMap(([command, schema]) => loosePlaces(schema, command));
    expect(loose).toEqual([]);
  });
});
