import fc from "fast-check";
import { expect, it } from "vitest";
import { defineApp, toAppDocument } from "../../../define.js";
import { hostile, hostileEvent } from "../../../metric/fixtures/arbitrary.js";
import { allNeeds, createPlainScan, plainRowOf } from "../fixtures/plainScan.js";
import { slicesOf } from "../fixtures/slices.js";
import { createKernelScanner } from "./scanner.js";

const SEED = 20261121;

it(`reads what the plain reader reads (seed ${SEED})`, () => {
  const app = toAppDocument(defineApp({ events: [hostile], metrics: [] }));
  const needs = allNeeds(app);
  const scanner = createKernelScanner(app, needs)!;
  const plain = createPlainScan(app, needs);
  fc.assert(
    fc.property(fc.array(hostileEvent, { maxLength: 20 }), (values) => {
      const events = values.map((value) => Buffer.from(JSON.stringify(value)));
      const slices = slicesOf(events);
      const columns = scanner.scan(slices);
      for (const [row, event] of events.entries())
        expect(plainRowOf(app, slices, columns, row)).toStrictEqual(plain(event));
    }),
    { seed: SEED, numRuns: 500 },
  );
});
