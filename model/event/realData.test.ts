import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { defineApp, toAppDocument } from "../define.js";
import { countDistinct } from "../metric/measures.js";
import { compileMetric } from "../metric/compile.js";
import { metric } from "../metric/define.js";
import { event } from "./define.js";
import { createEventReader } from "./reader.js";
import { t } from "./t.js";

const data = (name: string): string =>
  fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
const linesOf = (name: string): readonly string[] =>
  gunzipSync(readFileSync(data(name)))
    .toString()
    .trim()
    .split("\n");

const FLAT = "gharchive_minimized_10h.ndjson.gz";
const NESTED = "github_events_nested_2016-07-07.ndjson.gz";

it.skipIf(!existsSync(data(FLAT)))(`reads every event of ${FLAT} (needs ../shared)`, () => {
  const github = event("github", {
    repo: t.string(),
    kind: t.string(),
    actor: t.string(),
    commits: t.optional(t.integer({ minimum: 0 })),
    action: t.optional(t.string()),
    age: t.optional(t.string()),
  });
  const reader = createEventReader(toAppDocument(defineApp({ events: [github], metrics: [] })));
  const problems = new Map<string, number>();
  const ids = new Set<string>();
  let events = 0;
  for (const line of linesOf(FLAT)) {
    const { id, dt, type, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const outcome = reader.read(
      Buffer.from(JSON.stringify({ type: "github", id, time: dt, kind: type, ...rest })),
    );
    events++;
    if (outcome.kind === "rejected") problems.set(outcome.detail, (problems.get(outcome.detail) ?? 0) + 1);
    else ids.add(outcome.id);
  }
  expect([...problems]).toEqual([]);
  expect([events, ids.size]).toEqual([266_105, 266_103]);
});

it.skipIf(!existsSync(data(NESTED)))(`reads deep paths of ${NESTED} (needs ../shared)`, () => {
  const github = event("github", {
    kind: t.string(),
    actor: t.object({ id: t.integer(), login: t.string() }),
    payload: t.object({
      pull_request: t.optional(
        t.object({ base: t.object({ repo: t.object({ language: t.optional(t.string()) }) }) }),
      ),
    }),
  });
  const app = toAppDocument(
    defineApp({
      events: [github],
      metrics: [
        metric("languages", github, {
          by: (e) => ({ language: e.payload.pull_request.base.repo.language }),
          measures: (e) => ({ actors: countDistinct(e.actor.login) }),
        }),
      ],
    }),
  );
  const reader = createEventReader(app);
  const compiled = app.metrics.map(compileMetric)[0];
  const languages = new Map<unknown, number>();
  for (const line of linesOf(NESTED)) {
    const { type, created_at, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const outcome = reader.read(
      Buffer.from(JSON.stringify({ ...rest, type: "github", time: created_at, kind: type })),
    );
    if (outcome.kind === "rejected") expect.fail(outcome.detail);
    const [language] = compiled?.keyValues(outcome, () => null) ?? [];
    languages.set(language, (languages.get(language) ?? 0) + 1);
  }
  expect([...languages.values()].reduce((all, n) => all + n)).toBe(2000);
  expect(languages.get("JavaScript")).toBeGreaterThan(5);
  expect(languages.get(null)).toBeGreaterThan(1000);
});
