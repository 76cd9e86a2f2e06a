import { entriesOf, FRAME_HEAD_BYTES, frameOf } from "../node/frame.js";

/** Four characters for three bytes: a message is text. */
const charactersOf = (bytes: number): number => 4 * Math.ceil(bytes / 3);

const sizeOf = (entry: Uint8Array): number => FRAME_HEAD_BYTES + entry.length;

/** The bodies of messages that hold entries, in order; null: one has no room in a message. */
export const bodiesOf = (
  entries: readonly Uint8Array[],
  messageBytesMax: number,
): readonly string[] | null => {
  const messages: Uint8Array[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const last = messages.at(-1);
    if (charactersOf(sizeOf(entry)) > messageBytesMax) return null;
    if (last && charactersOf(bytes + sizeOf(entry)) <= messageBytesMax) {
      last.push(entry);
      bytes += sizeOf(entry);
    } else {
      messages.push([entry]);
      bytes = sizeOf(entry);
    }
  }
  return messages.map((one) => Buffer.concat(one.map(frameOf)).toString("base64"));
};

/** What a body holds; null: somebody else's message. */
export const entriesOfBody = (body: string): readonly Uint8Array[] | null => {
  const bytes = Buffer.from(body, "base64");
  const entries = entriesOf(bytes);
  const read = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  return read > 0 && read === bytes.length ? entries : null;
};
