import { type AppDocument, type EventColumns, fingerprint, identitySeed } from "@freshet/model";
import { FINGERPRINT_WORDS } from "./columns.js";
import { roomFor } from "./room.js";

/** The identities of the readable events. */
export const createFingerprints = ({ events }: AppDocument) => {
  const seeds = events.map(({ name }) => identitySeed(name));
  let words = new Uint32Array(0);
  return (bytes: Uint8Array, columns: EventColumns): Uint32Array => {
    if (columns.fingerprints) return columns.fingerprints;
    const { count, reasons, types, timesMs, idStarts, idEnds } = columns;
    if (words.length < count * FINGERPRINT_WORDS) words = new Uint32Array(roomFor(count) * FINGERPRINT_WORDS);
    for (let index = 0; index < count; index++) {
      if (reasons[index] !== 0) continue;
      const seed = seeds[types[index] as number] as Int32Array;
      const start = idStarts[index] as number;
      fingerprint(bytes, start, idEnds[index] as number, timesMs[index] as number, seed, words, index);
    }
    return words;
  };
};
