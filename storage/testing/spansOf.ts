import type { EpochMs } from "@freshet/model";
import type { EntrySpans } from "../log/entrySpans.js";
import type { LogEntry } from "../log/port.js";

/** Entries in one buffer, with bytes of nobody's between them. Stamped where all of them are. */
export const spansOf = (entries: readonly LogEntry[]): EntrySpans => {
  const parts: Uint8Array[] = [];
  let at = 0;
  const put = (bytes: Uint8Array): number => {
    parts.push(Buffer.from("\n"), bytes);
    at += 1 + bytes.length;
    return at - bytes.length;
  };
  const places = entries.map(({ partitionKey, data }) => {
    const dataStart = put(data);
    const key = Buffer.from(partitionKey);
    const keyStart = put(key);
    return { dataStart, dataEnd: dataStart + data.length, keyStart, keyEnd: keyStart + key.length };
  });
  const stamps = entries.flatMap(({ arrivalMs }): readonly EpochMs[] =>
    arrivalMs === undefined ? [] : [arrivalMs],
  );
  return {
    count: entries.length,
    bytes: Buffer.concat(parts),
    keyStarts: Int32Array.from(places, ({ keyStart }) => keyStart),
    keyEnds: Int32Array.from(places, ({ keyEnd }) => keyEnd),
    dataStarts: Int32Array.from(places, ({ dataStart }) => dataStart),
    dataEnds: Int32Array.from(places, ({ dataEnd }) => dataEnd),
    ...(stamps.length === entries.length && { arrivalMs: stamps }),
  };
};
