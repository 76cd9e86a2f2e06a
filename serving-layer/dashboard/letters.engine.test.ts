import type { EpochMs, JsonObject, Reason, SequenceNumber } from "@freshet/model";
import { createAccess, createAccessKey } from "@freshet/storage";
import { expect, test } from "vitest";
import { createLetterDesk } from "../letters/replayLetters.js";
import { visitsApp } from "../testing/visits.js";
import {
  eventually,
  expectNoSideScroll,
  parameterOf,
  PHONE,
  seriousFindings,
  useChromium,
} from "./testing/browser.js";
import { listen, openSite, type Site } from "./testing/site.js";

const chromium = useChromium();

interface Bad {
  readonly reason: Reason;
  readonly detail: string;
  readonly body: string;
}

const wrongBytes = (index: number): Bad => ({
  reason: "wrong_type",
  detail: "bytes: expected integer, got text",
  body: `{"type":"visit","id":"w${index}","time":${Date.now()},"page":"alpha","bytes":"${index % 3 === 0 ? "long" : index}"}`,
});
const MISSING: Bad = {
  reason: "missing_field",
  detail: "page: expected text, got nothing",
  body: `{"type":"visit","id":"m","time":${Date.now()},"bytes":1}`,
};
const BROKEN: Bad = { reason: "malformed", detail: "not JSON", body: '{"type":"visit",,}' };

/** A site whose letters can be mended; what is replayed goes no further than `taken`. */
const openLetters = async (bad: readonly Bad[]) => {
  const site: Site = await openSite();
  const { deadLetters, records } = site.world.data;
  const put = (letters: readonly Bad[], from = 0): Promise<void> =>
    deadLetters.put(
      letters.map(({ reason, detail, body }, index) => ({
        shard: site.shard,
        sequence: String(from + index + 1).padStart(56, "0") as SequenceNumber,
        subsequence: 0,
        arrivalMs: (site.nowMinuteMs - 60_000 + from + index) as EpochMs,
        reason,
        detail,
        type: reason === "malformed" ? null : "visit",
        id: null,
        timeMs: null,
        body: Buffer.from(body),
      })),
    );
  await put(bad);
  const taken: JsonObject[] = [];
  const desk = createLetterDesk({
    deadLetters,
    records,
    app: () => visitsApp,
    now: Date.now,
    async emit(events) {
      taken.push(...events);
      return events.map(() => true);
    },
  });
  return { site, taken, put, options: { letters: { deadLetters, records, desk } } };
};

const PATH = "/dead-letters";

test("letters are searched, page by page, and the address says what is shown", async () => {
  const bad = [...Array.from({ length: 60 }, (_, index) => wrongBytes(index)), MISSING, BROKEN];
  const { site, options } = await openLetters(bad);
  const { url } = await listen(site.reader, options);
  const { page, errors } = await chromium.open(url + PATH);
  const rows = page.locator(".letter-row");
  const count = () => rows.count();
  await eventually(count, 50);
  expect(await rows.first().textContent()).toContain("not JSON");
  await page.getByRole("button", { name: "Older" }).click();
  await eventually(count, 12);
  await page.getByRole("button", { name: "Newer" }).click();
  await eventually(count, 50);
  await page.getByLabel("Reason").selectOption("missing_field");
  await eventually(count, 1);
  expect(await parameterOf(page, "reason")).toBe("missing_field");
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Holds").fill('"w7"');
  await eventually(count, 1);
  await page.getByLabel("Replayed").selectOption("true");
  await page.getByText("None of them is so").waitFor();
  expect(errors).toEqual([]);
});

test("a letter shows where it is wrong, is mended by hand, tried, and replayed once it is confirmed", async () => {
  const { site, taken, options } = await openLetters([MISSING, BROKEN]);
  const { url } = await listen(site.reader, options);
  const { page, errors } = await chromium.open(url + PATH);
  await page.locator(".letter-open", { hasText: "not JSON" }).click();
  expect(await page.locator(".body-broken mark").textContent()).toBe(",");
  await page.keyboard.press("j");
  await eventually(() => page.locator(".body-line[data-fault='absent'] .json-name").textContent(), '"page"');

  await page.getByText("Mend this one").click();
  const body = page.getByLabel("Body");
  const replay = page.locator(".mend-body .primary").first();
  const dryRun = page.locator(".mend-body").getByRole("button", { name: "Dry run" });
  await body.fill('{"page": ');
  await page.getByText("Not JSON yet").waitFor();
  expect(await dryRun.isDisabled()).toBe(true);
  await body.fill(`{"type":"visit","id":"m","time":${Date.now()},"bytes":1,"page":7}`);
  await dryRun.click();
  await page.locator(".mend-body .count-bad").waitFor();
  expect(await page.locator(".mend-body .samples").textContent()).toContain(
    "page: expected text, got number",
  );
  expect(await replay.isDisabled()).toBe(true);
  await body.fill(`{"type":"visit","id":"m","time":${Date.now()},"bytes":1,"page":"gamma"}`);
  await dryRun.click();
  await eventually(() => page.locator(".mend-body .effect th[scope='row']").allTextContents(), ["visits"]);
  expect(taken).toEqual([]);
  await replay.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(taken).toEqual([]);
  await replay.click();
  await dialog.getByRole("button", { name: "Replay one event" }).click();
  await eventually(() => page.locator(".mend-body .count-good").textContent(), "1 are in the log again");
  expect(taken).toEqual([expect.objectContaining({ id: "m", page: "gamma" })]);
  await eventually(() => page.locator(".mark-replayed").count(), 1);
  await page.getByRole("cell", { name: "body edited" }).waitFor();
  expect(errors).toEqual([]);
});

test("many are mended alike by a form that says it in the metrics' language", async () => {
  const bad = [...Array.from({ length: 9 }, (_, index) => wrongBytes(index)), MISSING];
  const { site, taken, options } = await openLetters(bad);
  const { url } = await listen(site.reader, options);
  const { page, errors } = await chromium.open(`${url + PATH}?reason=wrong_type`);
  const card = page.locator("section", { has: page.locator("#mend-title") });
  await eventually(() => card.getByLabel("Field").inputValue(), "bytes");
  await card.getByRole("button", { name: "Dry run" }).click();
  await eventually(() => card.locator(".count").allTextContents(), ["6 would be counted", "3 stay rejected"]);
  await card.getByRole("button", { name: "Add a change" }).click();
  expect(await card.getByRole("button", { name: "Replay" }).isDisabled()).toBe(true);
  await card.getByText("a field's name is missing").waitFor();
  await card.getByLabel("Field").nth(1).fill("page");
  await card.getByRole("textbox", { name: "Value" }).fill("mended");
  await card.getByRole("button", { name: "Dry run" }).click();
  await card.getByRole("button", { name: "Replay 6" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Replay 6 events" }).click();
  await eventually(async () => taken.length, 6);
  expect(new Set(taken.map(({ bytes }) => bytes))).toEqual(new Set([1, 2, 4, 5, 7, 8]));
  expect(new Set(taken.map((event) => event["page"]))).toEqual(new Set(["mended"]));
  await eventually(() => page.locator(".mark-replayed").count(), 6);

  await page.getByLabel("Reason").selectOption("missing_field");
  await eventually(() => page.locator(".letter-row").count(), 1);
  await page.getByLabel("Choose all of this page").check();
  await card.getByText("1 chosen").waitFor();
  expect(errors).toEqual([]);
});

test("a key that may only read is told so in words", async () => {
  const { site, options } = await openLetters([MISSING]);
  const { records } = site.world.data;
  const wanted = { name: "reader", scopes: ["read"], requestsPerSecond: null } as const;
  const { text } = await createAccessKey(records, wanted, Date.now());
  const access = createAccess({ records, now: Date.now, masterKey: null, keyless: "nobody" });
  const { url } = await listen(site.reader, { ...options, access });
  const { page } = await chromium.open(url + PATH);
  await page.getByLabel("Key").fill(text);
  await page.getByRole("button", { name: "Open" }).click();
  await page.locator(".letter-row").waitFor();
  await page
    .locator("section", { has: page.locator("#mend-title") })
    .getByRole("button", { name: "Dry run" })
    .click();
  await page.getByText("does not have the scope admin").waitFor();
});

test("the page stays while the server is gone, and goes on with what came meanwhile", async () => {
  const { site, put, options } = await openLetters([MISSING]);
  const first = await listen(site.reader, options);
  const { page } = await chromium.open(first.url + PATH);
  const count = () => page.locator(".letter-row").count();
  await eventually(count, 1);
  await first.app.close();
  await eventually(() => page.locator(".letters-found [data-lost]").count(), 1);
  expect(await count()).toBe(1);
  await put([BROKEN], 5);
  await listen(site.reader, options, first.port);
  await eventually(count, 2);
});

test("without letters it says so; with them it fits a phone, dark and light, and axe finds nothing serious", async () => {
  const { site, put, options } = await openLetters([]);
  const { url } = await listen(site.reader, options);
  const { page, errors } = await chromium.open(url + PATH, { viewport: PHONE, colorScheme: "dark" });
  await page.getByText("No dead letters").waitFor();
  await put([wrongBytes(1), MISSING, BROKEN]);
  await page.locator(".letter-open", { hasText: "bytes" }).click();
  await page.getByText("Mend this one").click();
  await expectNoSideScroll(page);
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Light theme" }).click();
  await page
    .locator("section", { has: page.locator("#mend-title") })
    .getByRole("button", { name: "Dry run" })
    .click();
  await page.locator(".counts").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
});
