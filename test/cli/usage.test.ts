import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshet, freshetJson, startFreshet, temporaryDirectory } from "../support/freshet.js";

const APP = "examples/github/freshet.config.ts";
const rows = Array.from({ length: 40 }, (_, index) => ({
  id: `e${index}`,
  dt: new Date(Date.parse("2020-01-01T00:00:00Z") + index * 20_000).toISOString(),
  repo: `repo/${index % 4}`,
  type: index % 5 === 0 ? "watch" : "push",
  actor: `actor${index % 7}`,
}));

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
    const first = startFreshet(["speed", ...common, "--log-level", "info"]);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    try {
      const second = await freshet("speed", ...common);
      expect(second.code).toBe(3);
      expect(second.stderr).toMatch(/in use/);
    } finally {
      first.child.kill("SIGTERM");
    }
    expect((await first.done).code).toBe(0);
  });

  it("shows dead letters with their reason, detail and position", async () => {
    const found = await freshetJson<{
      total: number;
      letters: { reason: string; detail: string; sequence: string; body: string }[];
    }>(...["dead-letters", ...common]);
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
    await freshetJson("batch", ...common);
    await freshetJson("batch", ...common);
    const before = await freshetJson<{ standing: number; generations: { generation: number }[] }>(
      "generations",
      ...common,
    );
    expect(before.generations.length).toBeGreaterThanOrEqual(2);
    const older = before.generations.find(({ generation }) => generation !== before.standing)!.generation;
    await freshetJson("revert", String(older), ...common);
    expect((await freshetJson<{ standing: number }>("generations", ...common)).standing).toBe(older);
    await freshetJson("batch", ...common);
    const status = await freshetJson<{ ledger: { accepted: number } }>("status", ...common);
    expect(status.ledger.accepted).toBe(40);
  });

  it("backs up and restores, proven by the ledger", async () => {
    const backup = join(directory.path, "backup");
    const restored = join(directory.path, "restored");
    await freshetJson("backup", backup, ...common);
    const result = await freshetJson<{ equal: boolean; ledger: { accepted: number } }>(
      ...["restore", backup, "--app", APP, "--data", restored],
    );
    expect(result).toMatchObject({ equal: true, ledger: { accepted: 40 } });
    const again = await freshet("restore", backup, "--app", APP, "--data", restored);
    expect(again.code).toBe(3);
  });

  it("finds nothing wrong with a sound directory, and says what is wrong with another", async () => {
    const sound = await freshet("doctor", ...common);
    expect(sound.code, sound.stdout).toBe(0);
    const broken = await freshet("doctor", "--app", "nowhere.ts", "--data", data);
    expect(broken.code).toBe(4);
    expect(broken.stdout).toMatch(/PROBLEM/);
  });

  it("writes a starter project that loads, and never over files", async () => {
    const project = join(directory.path, "project");
    mkdirSync(project);
    expect((await freshet("init", project)).code).toBe(0);
    const config = join(project, "freshet.config.ts");
    expect((await freshet("doctor", "--app", config, "--data", join(project, "none"))).stdout).toMatch(
      /1 metrics/,
    );
    const again = await freshet("init", project);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/nothing was written/);
  });
});
