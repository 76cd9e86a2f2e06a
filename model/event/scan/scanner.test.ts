import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineApp, toAppDocument } from "../../define.js";
import { hostile, hostileEvent } from "../../metric/fixtures/arbitrary.js";
import { event } from "../define.js";
import { t } from "../t.js";
import type { EventSlices } from "./columns.js";
import { KERNELS } from "./fixtures/kernels.js";
import { plainRowOf } from "./fixtures/plainScan.js";
import { createTwins } from "./fixtures/sameRows.js";
import { slicesOf } from "./fixtures/slices.js";
import { createCompiledScanner } from "./scanner.js";

const SEED = 20261121;

const view = event("view", {
  page: t.string(),
  user: t.string(),
  dwellMs: t.optional(t.integer({ minimum: 0 })),
  from: t.optional(t.object({ url: t.optional(t.string()) })),
});
const click = event("click", { page: t.string(), x: t.number() });
const app = toAppDocument(defineApp({ events: [view, click], metrics: [] }));

const aView = (overrides: object = {}) => ({
  type: "view",
  id: "1",
  time: "2020-01-01T00:00:00.000Z",
  page: "p",
  user: "u",
  dwellMs: 5,
  ...overrides,
});
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const repeat = (count: number, value: unknown): readonly Buffer[] =>
  Array.from({ length: count }, () => bytesOf(value));

describe("an event scanner", () => {
  it(`reads events of every sort of field (seed ${SEED})`, () => {
    const { scanner, check } = createTwins(
      toAppDocument(defineApp({ events: [hostile], metrics: [] })),
      createCompiledScanner,
    );
    fc.assert(
      fc.property(fc.array(hostileEvent, { maxLength: 20 }), (values) => {
        check(values.map(bytesOf));
      }),
      { seed: SEED, numRuns: 500 },
    );
    expect(scanner.counts.predicted).toBeGreaterThan(1_000);
  });

  it("learns the order of each producer, and of each type", () => {
    const { scanner, check } = createTwins(app, createCompiledScanner);
    const producers = [
      JSON.stringify(aView()),
      JSON.stringify(Object.fromEntries(Object.entries(aView()).reverse())),
      JSON.stringify(aView({ dwellMs: undefined, app: { version: 3 } }), null, 2),
      JSON.stringify({ type: "click", page: "p", x: 1.5, id: "2", time: 0 }),
    ].map((text) => Buffer.from(text));
    check(Array.from({ length: 400 }, (_, index) => producers[index % 4] as Buffer));
    const before = { ...scanner.counts };
    check(Array.from({ length: 400 }, (_, index) => producers[(index * 7) % 4] as Buffer));
    expect(scanner.counts).toEqual({ ...before, predicted: before.predicted + 400 });
  });

  it("goes on in any order where it was wrong, and learns no more after a while", () => {
    const { scanner, check } = createTwins(app, createCompiledScanner);
    const events = Array.from({ length: 40_000 }, (_, index) => bytesOf({ [`odd${index}`]: 1, ...aView() }));
    check(events);
    expect(scanner.counts).toEqual({ predicted: 0, anyOrder: 40_000, plain: 0 });
  });

  it("gives a field that is needed twice to both", () => {
    const page = { event: "view", path: ["page"] };
    const scanner = createCompiledScanner(app, [page, { event: "click", path: ["page"] }, page]);
    const slices = slicesOf([bytesOf(aView())]);
    const row = plainRowOf(app, slices, scanner.scan(slices), 0);
    expect(row).toMatchObject({ fields: ["p", null, "p"] });
  });

  it("refuses to need what is no scalar field", () => {
    for (const path of [["from"], ["nothing"], ["page", "x"], [], ["id"], ["__proto__"]])
      expect(() => createCompiledScanner(app, [{ event: "view", path }])).toThrow("has no field");
    expect(() => createCompiledScanner(app, [{ event: "other", path: ["page"] }])).toThrow("has no field");
  });

  it("takes an event for too large of which the log kept the head", () => {
    const slices: EventSlices = { ...slicesOf(repeat(3, aView())), oversize: new Map([[1, 5_000_000]]) };
    const { reasons } = createCompiledScanner(app, []).scan(slices);
    expect([...reasons.subarray(0, 3)]).toEqual([0, 2, 0]);
  });

  it("keeps nothing of the run before, and reads longer ones", () => {
    const { check } = createTwins(app, createCompiledScanner);
    check(repeat(3_000, aView({ $bounds: [1, 2], from: { url: "x" } })));
    check(repeat(2_000, { type: "click", id: "1", time: 0, page: "p", x: 1 }));
    check([...repeat(10, aView({ dwellMs: null })), ...repeat(5_000, aView({ dwellMs: undefined }))]);
    check([]);
  });

  it("reads bytes that lie inside others, and such that end with the last event", () => {
    const events = repeat(20, aView({ page: "é\n" }));
    const whole = slicesOf(events);
    const scanner = createCompiledScanner(app, [{ event: "view", path: ["page"] }]);
    for (const [before, behind] of [
      [7, 64],
      [3, 0],
      [0, 31],
    ] as const) {
      const used = whole.ends[19] as number;
      const memory = Buffer.concat([
        Buffer.alloc(before, "{"),
        whole.bytes.subarray(0, used),
        Buffer.alloc(behind, "}"),
      ]);
      let bytes: Buffer = memory.subarray(before);
      const slices: EventSlices = {
        ...whole,
        get bytes() {
          return bytes;
        },
        append: (text) => {
          const start = bytes.length;
          bytes = Buffer.concat([bytes, Buffer.from(text)]);
          return start;
        },
        get appendedThrough() {
          return bytes.length;
        },
      };
      const columns = scanner.scan(slices);
      for (let row = 0; row < 20; row++)
        expect(plainRowOf(app, slices, columns, row)).toMatchObject({ id: "1", fields: ["é\n"] });
    }
  });

  it("ends with the event, whatever lies behind it", () => {
    const whole = JSON.stringify(aView());
    const scanners = KERNELS.map(([, create]) => create(app, []));
    for (const byte of '1e"\\ {}[],:x\u0000') {
      for (let length = 1; length < whole.length; length++) {
        const bytes = Buffer.alloc(4_096, byte);
        bytes.write(whole.slice(0, length));
        const slices: EventSlices = {
          ...slicesOf([]),
          bytes,
          starts: Int32Array.of(0),
          ends: Int32Array.of(length),
          count: 1,
        };
        for (const scanner of scanners) expect(scanner.scan(slices).reasons[0]).toBe(1);
      }
    }
  });

  it("reads on when the bytes move while a text is unescaped, and those before are gone", () => {
    const events = [...repeat(10, aView()), ...repeat(200, aView({ page: "a\tb", user: "c\nd" }))];
    const whole = slicesOf(events);
    let bytes = Buffer.from(whole.bytes);
    let used = bytes.length;
    const slices: EventSlices = {
      ...whole,
      get bytes() {
        return bytes;
      },
      append: (text) => {
        const moved = Buffer.concat([bytes, Buffer.from(text), Buffer.alloc(64)]).subarray(
          0,
          used + text.length,
        );
        const start = used;
        bytes.fill(0);
        bytes = moved;
        used += text.length;
        return start;
      },
      get appendedThrough() {
        return used;
      },
    };
    const scanner = createCompiledScanner(app, [
      { event: "view", path: ["page"] },
      { event: "view", path: ["user"] },
    ]);
    const columns = scanner.scan(slices);
    for (let row = 0; row < 210; row++)
      expect(plainRowOf(app, slices, columns, row)).toMatchObject({
        fields: row < 10 ? ["p", "u"] : ["a\tb", "c\nd"],
      });
  });
});
