import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeEvent } from "./encode.js";
import { createUtf8 } from "./utf8.js";

const SEED = 20_261_121;
const EVENTS = 500;
const RESERVED = ["type", "id", "time"];
/** An object has such members before all others. */
const NUMBER_LIKE = /(?:^|,)\d+(?:,|$)/;
const decoder = new TextDecoder();

const stamp = {
  id: 'i"d',
  timeMs: 1_795_289_370_123,
  partitionKey: "k",
  trace: undefined as string | undefined,
};
const textOf = (fields: object, trace?: string): string => {
  const encoded = encodeEvent("a type", fields, { ...stamp, trace }, 1 << 20);
  if (encoded.kind !== "event") throw new Error(encoded.detail);
  return decoder.decode(encoded.event.json);
};
/** In one object, as one would write it without a thought for speed. */
const plainly = (fields: object, trace?: string): string =>
  JSON.stringify({
    type: "a type",
    id: stamp.id,
    time: new Date(stamp.timeMs).toISOString(),
    $trace: trace,
    ...fields,
  });

class Point {
  readonly x = 1;
  get y(): number {
    return 2;
  }
}

describe("an event's bytes", () => {
  it.each([
    {},
    { a: undefined },
    { a: undefined, b: 1 },
    { text: 'é "quoted" \u2028 \ud800 😀', "": null },
    { nested: { deep: [1, { x: [] }, null, undefined] } },
    { $trace: "its own" },
    { toJSON: () => ({ a: 1 }) },
    { when: new Date(0), infinite: Number.POSITIVE_INFINITY },
    JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as object,
    ["an", "array"],
    new Point(),
    new Map([["a", 1]]),
    new Date(0),
  ])("are those of stamp and fields in one object: %j", (fields) => {
    for (const trace of [undefined, '00-"-01']) expect(textOf(fields, trace)).toBe(plainly(fields, trace));
  });

  it(`are so of random fields as well (seed ${SEED})`, () => {
    let longest = 0;
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { maxKeys: 8 }), (fields) => {
        fc.pre(
          !RESERVED.some((name) => Object.hasOwn(fields, name)) &&
            !NUMBER_LIKE.test(Object.keys(fields).join()),
        );
        const text = textOf(fields);
        expect(text).toBe(plainly(fields));
        longest = Math.max(longest, text.length);
      }),
      { seed: SEED, numRuns: EVENTS },
    );
    expect(longest).toBeGreaterThan(300);
  });

  it("are refused where there is no object", () => {
    for (const nothing of [null, undefined, 7, "text"])
      expect(encodeEvent("t", nothing as unknown as object, stamp, 100)).toMatchObject({
        kind: "rejected",
        reason: "malformed",
      });
  });
});

describe("texts in shared memory", () => {
  it(`are UTF-8, and stay as they are whatever comes after them (seed ${SEED})`, () => {
    const bytesOf = createUtf8();
    const aText = fc.oneof(
      { weight: 20, arbitrary: fc.string({ maxLength: 400 }) },
      { weight: 5, arbitrary: fc.string({ unit: "binary" }) },
      { weight: 1, arbitrary: fc.constant("long ".repeat(2_000)) },
    );
    const texts = fc.sample(aText, { seed: SEED, numRuns: 3_000 });
    const made = texts.map(bytesOf);
    const memories = new Set(made.map(({ buffer }) => buffer));
    expect(memories.size).toBeGreaterThan(3);
    expect(memories.size).toBeLessThan(texts.length / 2);
    for (const [index, bytes] of made.entries())
      expect(Buffer.compare(bytes, new TextEncoder().encode(texts[index]))).toBe(0);
  });
});
