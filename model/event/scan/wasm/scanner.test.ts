import { expect, it } from "vitest";
import { defineApp, toAppDocument } from "../../../define.js";
import { fingerprint, identitySeed } from "../../../measure/hash/fingerprint.js";
import { event } from "../../define.js";
import { t } from "../../t.js";
import { plainRowOf } from "../fixtures/plainScan.js";
import { createTwins } from "../fixtures/sameRows.js";
import { slicesOf } from "../fixtures/slices.js";
import { createKernelScanner, type KernelScanner } from "./scanner.js";

const EVENT_BYTES_MAX = 300_000;
const note = event("note", { a: t.string(), b: t.string(), c: t.string(), score: t.optional(t.number()) });
const seen = event("seen", { a: t.string() });
const app = toAppDocument(
  defineApp({ events: [note, seen], metrics: [], settings: { eventBytesMax: EVENT_BYTES_MAX } }),
);
const kernelOf: (...args: Parameters<typeof createKernelScanner>) => KernelScanner = (...args) => {
  const scanner = createKernelScanner(...args);
  if (scanner === null) throw new Error("this Node has no WebAssembly with vectors");
  return scanner;
};
const aNote = (overrides: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ type: "note", id: "1", time: 0, a: "a", b: "b", c: "c", ...overrides }));

it("leaves texts with escapes to the plain reader when a batch has more than there is room to note", () => {
  const { scanner, check } = createTwins(app, kernelOf);
  const escaped = { a: "\n", b: "\t", c: "\\" };
  check(Array.from({ length: 4_000 }, () => aNote(escaped)));
  expect(scanner.counts.plain).toBeGreaterThan(100);
  expect(scanner.counts.plain).toBeLessThan(3_000);
  const before = scanner.counts.plain;
  check(Array.from({ length: 1_000 }, () => aNote(escaped)));
  expect(scanner.counts.plain).toBe(before);
});

it("reads batches that are longer than its memory, and events of every length up to it", () => {
  const { scanner, check } = createTwins(app, kernelOf);
  const empty = aNote({ a: "" }).length;
  for (const length of [0, 100, 60_000, 262_143, 262_144, 262_145, EVENT_BYTES_MAX - 1, EVENT_BYTES_MAX]) {
    const one = aNote({ a: "x".repeat(Math.max(0, length - empty)) });
    check([aNote(), one, one, aNote(), one], "#");
  }
  check([aNote({ a: "x".repeat(EVENT_BYTES_MAX) }), aNote()]);
  check(Array.from({ length: 20_000 }, (_, index) => aNote({ b: `${index}` })));
  expect(scanner.counts.plain).toBe(0);
});

it("rounds numbers as JSON.parse does, however they are written", () => {
  const { scanner, check } = createTwins(app, kernelOf);
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const numbers = Array.from({ length: 3_000 }, () => {
    const digits = Array.from({ length: 1 + Math.floor(random() * 24) }, () => Math.floor(random() * 10));
    const point = Math.floor(random() * (digits.length + 1));
    const whole = String(BigInt(digits.slice(0, point).join("") || "0"));
    const behind = digits.slice(point).join("");
    const exponent = random() < 0.3 ? `e${Math.floor(random() * 60) - 30}` : "";
    return `${random() < 0.5 ? "-" : ""}${whole}${behind === "" ? "" : `.${behind}`}${exponent}`;
  });
  const rows = check(
    numbers.map((number) => Buffer.from(`${aNote().toString().slice(0, -1)},"score":${number}}`)),
  );
  expect(rows.filter((row) => !("reason" in row)).length).toBe(numbers.length);
  expect(scanner.counts.plain).toBe(0);
});

it("gives a row nothing of the type that it was first taken for", () => {
  const scanner = kernelOf(app, [
    { event: "note", path: ["a"] },
    { event: "seen", path: ["a"] },
  ]);
  const slices = slicesOf([aNote(), Buffer.from('{"a":"late","id":"2","time":1,"type":"seen"}'), aNote()]);
  const columns = scanner.scan(slices);
  expect([0, 1, 2].map((row) => plainRowOf(app, slices, columns, row))).toMatchObject([
    { type: "note", fields: ["a", null] },
    { type: "seen", fields: [null, "late"] },
    { type: "note", fields: ["a", null] },
  ]);
  expect(scanner.counts.plain).toBe(0);
});

it("gives every readable row the fingerprint of its type, id and time", () => {
  const scanner = kernelOf(app, []);
  const ids = Array.from({ length: 80 }, (_, length) => `${length}${"é-".repeat(length)}`);
  const times = [0, -1, 1_763_700_000_000, -62_135_596_800_000, 253_402_300_799_999, 2 ** 32, -(2 ** 32)];
  const events = ids.flatMap((id) =>
    times.flatMap((time) => [
      aNote({ id, time }),
      Buffer.from(JSON.stringify({ time, id: `${id}\n`, type: "seen", a: "" })), // by the plain reader
    ]),
  );
  const slices = slicesOf(events);
  const {
    reasons,
    types,
    timesMs,
    idStarts,
    idEnds,
    fingerprints = new Uint32Array(0),
  } = scanner.scan(slices);
  const expected = new Uint32Array(4);
  for (const [row] of events.entries()) {
    if (reasons[row] !== 0) continue;
    const seed = identitySeed(app.events[types[row]!]!.name);
    fingerprint(slices.bytes, idStarts[row]!, idEnds[row]!, timesMs[row]!, seed, expected, 0);
    expect(fingerprints.subarray(row * 4, row * 4 + 4)).toEqual(expected);
  }
  expect(reasons.subarray(0, events.length).filter((reason) => reason === 0).length).toBeGreaterThan(1_000);
  expect(scanner.counts.plain).toBeGreaterThan(500);
});
