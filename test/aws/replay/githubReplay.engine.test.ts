import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { type App, isApp, type LedgerCounts } from "@freshet/model";
import type { Reader } from "@freshet/serving-layer";
import { type DuckDb, openDuckDb } from "@freshet/storage";
import { ministackForTests, versitygwForTests } from "@freshet/storage/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { githubOracle, type Oracle } from "../../github/oracle.js";
import { repositoryFile, temporaryDirectory } from "../../support/freshet.js";
import { sharedData } from "../../support/sharedData.js";
import { type LocalLine, openLocalLine } from "./localLine.js";
import {
  firehoseLanding,
  type FirehoseLandingWay,
  NEW_LOG,
  openReplayLine,
  ownLanding,
} from "./replayOver.js";

const HOURS = [
  ["2015-02-22T21:00:00Z", "2015-02-22T22:00:00Z", "1h"],
  ["2015-04-23T10:00:00Z", "2015-04-23T12:00:00Z", "2h"],
  ["2018-06-18T00:00:00Z", "2018-06-18T00:15:00Z", "15m"],
  ["2018-12-25T00:00:00Z", "2018-12-25T01:00:00Z", "1h"],
] as const;
/** Of the file's rows every so many is sent: some of each of its hours. */
const STRIDE = 20;
/** Rows that are sent again, as a producer does that had no answer. */
const AGAIN = 150;
/** Lie in the log before Firehose begins. */
const EARLY = 1_000;
const LIMIT = 10_000;
const SEED = 20_261_121;

const file = sharedData("gharchive_minimized_10h.ndjson.gz");

interface Parts {
  readonly early: string;
  readonly first: string;
  readonly second: string;
  readonly rows: number;
}

/** The sample as three files; the second and the third repeat rows of those before. */
const sample = async (source: string, directory: string): Promise<Parts> => {
  const rows: string[] = [];
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(source).pipe(createGunzip()) }))
    if (count++ % STRIDE === 0) rows.push(line);
  const half = Math.floor(rows.length / 2);
  const write = async (name: string, lines: readonly string[]): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, `${lines.join("\n")}\n`);
    return path;
  };
  return {
    rows: rows.length,
    early: await write("early.ndjson", rows.slice(0, EARLY)),
    first: await write("first.ndjson", [...rows.slice(EARLY, half), ...rows.slice(half - AGAIN, half)]),
    second: await write("second.ndjson", [...rows.slice(half), ...rows.slice(-AGAIN)]),
  };
};

/** All that is asked, without what differs by the moment: when it was asked, and how far batch has come. */
const answersOf = async (reader: Reader) => {
  const answers = [];
  for (const [from, to, window] of HOURS) {
    const repos = await reader.top("repo-activity", { window, at: to, by: "events", limit: LIMIT });
    const types = await reader.top("event-types", { window, at: to, by: "events", limit: LIMIT });
    const [busiest] = repos.rows;
    const repo = String(busiest?.key["repo"]);
    const series = await reader.series("repo-activity", { key: { repo }, from, to, step: "5m" });
    answers.push(
      ...[repos, types].map(({ status, covers, missing, rows }) => ({ status, covers, missing, rows })),
      { status: series.status, missing: series.missing, points: series.points },
    );
  }
  return answers;
};

type Answers = Awaited<ReturnType<typeof answersOf>>;

/** What one line says before its first generation, with the second half after the cut, and settled. */
interface Told {
  readonly live: Answers;
  readonly seam: Answers;
  readonly settled: Answers;
  readonly ledger: LedgerCounts;
}

const isTop = (answer: Answers[number]): answer is Extract<Answers[number], { readonly rows: object }> =>
  "rows" in answer;

describe.skipIf(file === null)("the GitHub replay on servers of AWS' protocols (needs ../shared)", () => {
  const dynamodb = ministackForTests();
  const s3 = versitygwForTests();
  const directory = temporaryDirectory();
  let app: App;
  let parts: Parts;
  let duckdb: DuckDb;
  let oracle: Oracle;
  let line: LocalLine;
  let embedded: Told;

  beforeAll(async () => {
    const module = (await import(repositoryFile("examples/github/freshet.config.ts"))) as {
      default: unknown;
    };
    if (!isApp(module.default)) throw new Error("the example exports no app");
    app = module.default;
    parts = await sample(file as string, directory.path);
    duckdb = await openDuckDb({ memoryMb: 400, threads: 2, tempDir: join(directory.path, "tmp") });
    oracle = await githubOracle([parts.early, parts.first, parts.second]);
    line = await openLocalLine(NEW_LOG.shards, { dynamodb: dynamodb(), s3: s3() });
  });
  afterAll(async () => {
    oracle.close();
    await duckdb.close();
    await line.close();
    directory.remove();
  });

  const tell = async (
    { store, landingOf }: Pick<Parameters<typeof openReplayLine>[0], "store" | "landingOf">,
    afterEarly: () => Promise<void> = async () => undefined,
  ): Promise<Told> => {
    const replay = await openReplayLine({ store, app, duckdb, landingOf });
    try {
      await replay.send(parts.early);
      await afterEarly();
      await replay.send(parts.first);
      await replay.fold();
      const live = await replay.ask(answersOf);
      await replay.settle();
      await replay.send(parts.second);
      await replay.fold();
      const seam = await replay.ask(answersOf);
      const ledger = await replay.settle();
      return { live, seam, settled: await replay.ask(answersOf), ledger };
    } finally {
      await replay.close();
    }
  };

  it("on one machine answers as plain SQL over the files does", async () => {
    embedded = await tell({
      store: { kind: "directory", dir: join(directory.path, "embedded") },
      landingOf: ownLanding,
    });
    const { live, seam, settled, ledger } = embedded;
    expect(ledger).toMatchObject({
      events: parts.rows + 2 * AGAIN,
      accepted: parts.rows,
      duplicates: 2 * AGAIN,
    });
    const statusesOf = (answers: Answers) => [...new Set(answers.map(({ status }) => status))].toSorted();
    expect(statusesOf(live)).toEqual(["live"]);
    expect(statusesOf(seam)).toEqual(["live", "settled"]);
    expect(statusesOf(settled)).toEqual(["settled"]);
    const repos = settled.filter(isTop).filter((_, index) => index % 2 === 0);
    for (const [index, [from, to]] of HOURS.entries()) {
      const truth = await oracle.repos(from, to);
      expect(truth.length).toBeGreaterThan(300);
      expect(
        repos[index]?.rows.map(({ key, values }) => [key["repo"], values["events"], values["stars"]]),
      ).toEqual(truth.slice(0, LIMIT).map(({ repo, events, stars }) => [repo, events, stars]));
    }
  });

  it("through Kinesis, DynamoDB, objects as Firehose makes them and DuckDB answers the same, live, across the seam and settled", async () => {
    let landing: FirehoseLandingWay | null = null;
    const told = await tell(
      {
        store: line.store,
        landingOf: (data, db) => (landing = firehoseLanding(data, db, SEED)),
      },
      async () => landing?.startAtLatest(),
    );
    expect(told.ledger).toMatchObject({
      events: parts.rows + 2 * AGAIN,
      accepted: parts.rows,
      duplicates: 2 * AGAIN,
      rejected: {},
    });
    for (const when of ["live", "seam", "settled"] as const) expect(told[when], when).toEqual(embedded[when]);
    const { met } = landing as unknown as FirehoseLandingWay;
    expect(met.before).toBeGreaterThanOrEqual(EARLY);
    for (const count of [met.objects, met.failed, met.filled, met.mended]) expect(count).toBeGreaterThan(0);
  });
});
