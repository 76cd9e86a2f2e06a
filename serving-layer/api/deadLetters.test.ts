import { type EpochMs, type JsonObject, sequenceNumber, type ShardId } from "@freshet/model";
import type { DeadLetter } from "@freshet/storage";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { createLetterDesk } from "../letters/replayLetters.js";
import { createFakeReader } from "../testing/fakeReader.js";
import { visitsApp } from "../testing/visits.js";
import { openWorld } from "../testing/world.js";
import { apiPlugin } from "./plugin.js";

const T0 = 1_750_000_000_000;
const LETTERS = 5;

/** A visit whose `bytes` is a text. */
const aLetter = (index: number): DeadLetter => ({
  shard: "shardId-000000000000" as ShardId,
  sequence: sequenceNumber(BigInt(index + 1)),
  subsequence: 0,
  arrivalMs: (T0 + index) as EpochMs,
  reason: "wrong_type",
  detail: "bytes: expected integer, got text",
  type: "visit",
  id: `visit-${index}`,
  timeMs: T0 as EpochMs,
  body: Buffer.from(
    JSON.stringify({ type: "visit", id: `visit-${index}`, time: T0, page: "x", bytes: String(index) }),
  ),
});

const serve = async () => {
  const { deadLetters, records } = (await openWorld(1)).data;
  await deadLetters.put(Array.from({ length: LETTERS }, (_, index) => aLetter(index)));
  const sent: JsonObject[] = [];
  let nowMs = T0 + 60_000;
  const desk = createLetterDesk({
    deadLetters,
    records,
    app: () => visitsApp,
    now: () => nowMs++,
    async emit(events) {
      sent.push(...events);
      return events.map(() => true);
    },
  });
  const app = Fastify();
  await app.register(apiPlugin(createFakeReader(), { letters: { deadLetters, records, desk } }));
  onTestFinished(() => app.close());
  const replay = async (body: object) => {
    const answer = await app.inject({ method: "POST", url: "/v1/dead-letters/replay", body });
    return { status: answer.statusCode, ...answer.json<Record<string, unknown>>() };
  };
  return { app, deadLetters, replay, sent };
};

interface Page {
  readonly total: number;
  readonly letters: readonly { readonly id: string; readonly place: string }[];
  readonly next: string | null;
}

const FILTER = { reason: "wrong_type", replayed: false };
const toInteger = {
  kind: "call",
  name: "toInteger",
  args: [{ kind: "field", type: "string", path: ["bytes"] }],
};
const MEND = { kind: "set", fields: [{ path: ["bytes"], value: toInteger }] };

test("pages through letters, and sends none that a client holds", async () => {
  const { app, deadLetters } = await serve();
  const ids: string[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const page: Page = (
      await app.inject({ url: "/v1/dead-letters", query: { limit: "2", ...(next && { after: next }) } })
    ).json();
    expect(page.total).toBe(LETTERS);
    ids.push(...page.letters.map(({ id }) => id));
    ({ next } = page);
  }
  expect(ids).toEqual([4, 3, 2, 1, 0].map((index) => `visit-${index}`));
  const tag = String((await app.inject("/v1/dead-letters")).headers["etag"]);
  const again = () => app.inject({ url: "/v1/dead-letters", headers: { "if-none-match": tag } });
  expect([tag.slice(0, 3), (await again()).statusCode]).toEqual(['W/"', 304]);
  await deadLetters.put([aLetter(LETTERS)]);
  expect((await again()).statusCode).toBe(200);
});

test("says what a mend would do, does it once, and notes who did it", async () => {
  const { app, replay, sent } = await serve();
  const whole = { filter: FILTER, mend: MEND };
  expect(await replay({ ...whole, dryRun: true })).toMatchObject({
    status: 200,
    id: null,
    letters: LETTERS,
    mended: LETTERS,
    effect: [{ events: LETTERS, groups: 1 }],
  });
  expect(sent).toEqual([]);
  expect(await replay({ ...whole, dryRun: false })).toMatchObject({ mended: LETTERS, notTaken: 0 });
  expect(sent).toHaveLength(LETTERS);
  expect(sent).toContainEqual(expect.objectContaining({ id: "visit-3", time: T0, bytes: 3 }));
  expect(await replay({ ...whole, dryRun: false })).toMatchObject({ letters: 0, mended: 0 });
  expect(await replay({ filter: { reason: "wrong_type" }, mend: MEND, dryRun: false })).toMatchObject({
    replayedBefore: LETTERS,
    mended: 0,
  });
  expect(sent).toHaveLength(LETTERS);
  const { replays, next } = (await app.inject("/v1/dead-letters/replays?limit=2")).json<{
    replays: object[];
    next: string;
  }>();
  expect(replays).toHaveLength(2);
  expect(replays[0]).toMatchObject({ who: "local", outcome: { replayedBefore: LETTERS } });
  const rest = (await app.inject({ url: "/v1/dead-letters/replays", query: { after: next } })).json<{
    replays: object[];
  }>();
  expect(rest).toMatchObject({ replays: [{ outcome: { mended: LETTERS } }], next: null });
});

test("names what is wrong with a mend, and sends nothing", async () => {
  const { app, replay, sent } = await serve();
  const { letters } = (await app.inject("/v1/dead-letters")).json<Page>();
  const places = letters.map(({ place }) => place);
  const body = { kind: "body", body: "{}" };
  const none = { kind: "none" };
  const wrong = [
    [{ mend: none, places, filter: FILTER }, "places", /either places or a filter/],
    [{ mend: none }, "places", /either places or a filter/],
    [{ mend: body, places }, "mend", /one letter/],
    [{ mend: body, filter: FILTER }, "mend", /one letter/],
    [{ mend: none, filter: { from: "yesterday" } }, "from", /ISO 8601/],
    [
      { mend: { ...MEND, fields: [{ path: ["bytes"], value: { ...toInteger, args: [] } }] }, filter: FILTER },
      "mend",
      /toInteger: expected 1 arguments, got 0/,
    ],
    [
      { mend: { ...MEND, fields: [{ path: ["bytes"], value: { kind: "script" } }] }, filter: FILTER },
      "mend",
      /expected `kind`/,
    ],
  ] as const;
  for (const [asked, parameter, detail] of wrong) {
    expect(await replay({ ...asked, dryRun: false })).toMatchObject({
      status: 400,
      parameter,
      detail: expect.stringMatching(detail),
    });
  }
  expect(sent).toEqual([]);
});

test("says what to change of a body that cannot be read", async () => {
  const { app } = await serve();
  const post = async (type: string, payload: string) => {
    const headers = { "content-type": type };
    const answer = await app.inject({ method: "POST", url: "/v1/dead-letters/replay", headers, payload });
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    return answer.json<object>();
  };
  expect(await post("text/xml", "<a/>")).toMatchObject({
    status: 415,
    detail: "Send it as application/json.",
  });
  expect(await post("application/json", "{")).toMatchObject({ status: 400 });
  expect(await post("application/json", `"${"a".repeat(1 << 20)}"`)).toMatchObject({
    status: 413,
    detail: "Send at most 1048576 bytes.",
  });
});
