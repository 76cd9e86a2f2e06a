import { expect, test } from "vitest";
import { backOffMs } from "./backOff.js";
import { createEventParser } from "./parseEvents.js";

const TEXT =
  'retry: 1000\n\n: heartbeat\n\nid: a\nevent: answer\ndata: {"x":"\u2028: y"}\n\nevent:problem\ndata:1\ndata: 2\n\n';
const EVENTS = [
  { id: "a", event: "answer", data: '{"x":"\u2028: y"}' },
  { id: null, event: "problem", data: "1\n2" },
];

test("gives the same events however the text is cut", () => {
  for (let at = 0; at <= TEXT.length; at++) {
    const parse = createEventParser();
    expect([...parse(TEXT.slice(0, at)), ...parse(TEXT.slice(at))]).toEqual(EVENTS);
  }
  const byCharacter = createEventParser();
  expect([...TEXT].flatMap((character) => byCharacter(character))).toEqual(EVENTS);
});

test("waits longer after each failure, up to a bound, and as long as the server asks", () => {
  const waits = Array.from({ length: 12 }, (_, index) => backOffMs(index + 1, 1, 0));
  expect(waits).toEqual([1_000, 2_000, 4_000, ...Array.from({ length: 9 }, () => 8_000)]);
  expect(backOffMs(1, 0, 0)).toBe(500);
  expect(backOffMs(1, 0, 5_000)).toBe(5_000);
});
