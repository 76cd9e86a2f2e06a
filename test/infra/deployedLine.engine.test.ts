import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import type { TopAnswer } from "@freshet/model";
import { createProducer } from "@freshet/sdk";
import { createKinesisStream, kinesisTransport } from "@freshet/sdk/kinesis";
import type { AwsLineConfig } from "@freshet/storage";
import { ministackForTests } from "@freshet/storage/testing";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshet, freshetJson } from "../support/freshet.js";
import { sharedData } from "../support/sharedData.js";
import { type EmulatedAccount, openAccount } from "./stage.js";

const APP = ["--app", "examples/github-nested/freshet.config.ts"];
const EVENTS = 2_000;
const MINUTE_MS = 60_000;
const READY_WITHIN_MS = 240_000;
const LOOK_AGAIN_AFTER_MS = 3_000;

const file = sharedData("github_events_nested_2016-07-07.ndjson.gz");

interface Row {
  readonly id: string;
  readonly created_at: string;
  readonly type: string;
  readonly actor: { readonly login: string };
  readonly repo: { readonly name: string };
  readonly payload: object;
}

interface GithubEvents {
  github_event: { kind: string; actor: Row["actor"]; repo: Row["repo"]; payload: object };
}

interface Deployed {
  readonly stage: string;
  readonly stacks: readonly { readonly name: string; readonly status: string }[];
  readonly storeFile: string;
}

/** By repository: events and stars, as a loop over the file counts them. */
const knownAnswers = (rows: readonly Row[]): readonly (readonly [string, number, number])[] => {
  const counts = new Map<string, [number, number]>();
  for (const { repo, type } of rows) {
    const [events, stars] = counts.get(repo.name) ?? [0, 0];
    counts.set(repo.name, [events + 1, stars + (type === "WatchEvent" ? 1 : 0)]);
  }
  return [...counts]
    .map(([repo, [events, stars]]) => [repo, events, stars] as const)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
};

describe.skipIf(file === null)("a stage that is deployed into an emulator (needs ../shared)", () => {
  const endpoint = ministackForTests();
  const rows = file
    ? gunzipSync(readFileSync(file))
        .toString("utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Row)
    : [];
  const firstMs = Math.min(...rows.map(({ created_at }) => Date.parse(created_at)));
  /** Whole minutes, so that panes hold the same events; all of it lies in the last ten minutes. */
  const shiftMs = Math.floor((Date.now() - 8 * MINUTE_MS - firstMs) / MINUTE_MS) * MINUTE_MS;
  const at = new Date(firstMs + shiftMs + 6 * MINUTE_MS).toISOString();

  let account: EmulatedAccount;
  let stageOptions: readonly string[];
  let deployed: Deployed;
  let store: readonly string[];
  let config: AwsLineConfig;

  beforeAll(async () => {
    account = await openAccount(endpoint());
    stageOptions = ["--stage", "staging", "--deployment", account.file, "--emulated"];
    deployed = await freshetJson<Deployed>("deploy", ...stageOptions, ...APP);
    store = ["--store", deployed.storeFile];
    config = JSON.parse(readFileSync(deployed.storeFile, "utf8")) as AwsLineConfig;
  });
  afterAll(() => account.remove());

  const top = (): Promise<TopAnswer> =>
    freshetJson(
      "top",
      "repo-activity",
      ...["--window", "1h", "--at", at, "--by", "events", "--limit", "10000"],
      ...store,
      ...APP,
    );
  const counted = ({ rows: found }: TopAnswer) =>
    found.map(({ key, values }) => [key["repo"], values["events"], values["stars"]]);
  const total = ({ rows: found }: TopAnswer): number =>
    found.reduce((sum, { values }) => sum + Number(values["events"]), 0);

  const emit = async (): Promise<Record<string, number>> => {
    const client = new KinesisClient({
      region: config.region,
      endpoint: endpoint(),
      requestHandler: new NodeHttpHandler(),
    });
    const producer = createProducer<GithubEvents>({
      transport: kinesisTransport({ stream: createKinesisStream(client, { StreamName: config.stream }) }),
    });
    const outcomes = rows.map(({ id, created_at, type, actor, repo, payload }) =>
      producer.emit(
        "github_event",
        { kind: type, actor, repo, payload },
        { id, time: Date.parse(created_at) + shiftMs },
      ),
    );
    await producer.flush();
    const kinds: Record<string, number> = {};
    for (const { kind } of await Promise.all(outcomes)) kinds[kind] = (kinds[kind] ?? 0) + 1;
    await producer.close();
    client.destroy();
    return kinds;
  };

  it("stands, and its store is named", () => {
    expect(deployed.stacks).toHaveLength(12);
    for (const { name, status } of deployed.stacks)
      expect([name, status]).toEqual([name, expect.stringMatching(/_COMPLETE$/)]);
    expect(config.kind).toBe("aws");
  });

  it("counts what is emitted to its stream by its function, live, as the file has it", async () => {
    expect(await emit()).toEqual({ stored: EVENTS });
    let answer = await top();
    for (const startedMs = performance.now(); total(answer) < EVENTS; answer = await top()) {
      if (performance.now() - startedMs > READY_WITHIN_MS) break;
      await sleep(LOOK_AGAIN_AFTER_MS);
    }
    expect(total(answer)).toBe(EVENTS);
    expect(counted(answer)).toEqual(knownAnswers(rows));
  });
});
