import { expect, test } from "vitest";
import { fitSpan, moveSpan } from "./span.js";

const PANE_MS = 60_000;
const END_MS = 1_000 * PANE_MS;

test("a span is whole panes, a few at the least, and never ends past the newest event", () => {
  expect(fitSpan({ fromMs: 30_000, toMs: 10 * PANE_MS + 1 }, PANE_MS, END_MS)).toEqual({
    fromMs: 0,
    toMs: 11 * PANE_MS,
  });
  expect(fitSpan({ fromMs: 50 * PANE_MS, toMs: 50 * PANE_MS + 1 }, PANE_MS, END_MS)).toEqual({
    fromMs: 47 * PANE_MS,
    toMs: 51 * PANE_MS,
  });
  const late = fitSpan({ fromMs: END_MS - 5 * PANE_MS, toMs: END_MS + 5 * PANE_MS }, PANE_MS, END_MS);
  expect(late).toEqual({ fromMs: END_MS - 10 * PANE_MS, toMs: END_MS });
});

test("zooming in and out, and moving there and back, end where they began", () => {
  const span = { fromMs: 100 * PANE_MS, toMs: 140 * PANE_MS };
  expect(moveSpan(moveSpan(span, "in"), "out")).toEqual(span);
  expect(moveSpan(moveSpan(span, "earlier"), "later")).toEqual(span);
  expect(moveSpan(span, "in")).toEqual({ fromMs: 110 * PANE_MS, toMs: 130 * PANE_MS });
});
