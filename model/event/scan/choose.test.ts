import { afterEach, expect, it, vi } from "vitest";
import { defineApp, toAppDocument } from "../../define.js";
import { event } from "../define.js";
import { t } from "../t.js";
import { plainRowOf } from "./fixtures/plainScan.js";
import { slicesOf } from "./fixtures/slices.js";

const app = toAppDocument(defineApp({ events: [event("view", { page: t.string() })], metrics: [] }));
const needs = [{ event: "view", path: ["page"] }];

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it.each([
  ["WebAssembly is missing", undefined],
  ["its vectors are missing", { validate: () => false }],
])("scans in generated JavaScript where %s", async (_, webAssembly) => {
  vi.resetModules();
  vi.stubGlobal("WebAssembly", webAssembly);
  const { createEventScanner } = await import("./choose.js");
  const { createKernelScanner } = await import("./wasm/scanner.js");
  expect(createKernelScanner(app, needs)).toBeNull();
  const slices = slicesOf([Buffer.from('{"type":"view","id":"1","time":0,"page":"p"}')]);
  const columns = createEventScanner(app, needs).scan(slices);
  expect(plainRowOf(app, slices, columns, 0)).toMatchObject({ id: "1", fields: ["p"] });
});
