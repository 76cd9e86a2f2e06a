const SLAB_BYTES = 64 * 1024;
/** A longer text has memory of its own. */
const SHARED_CHARACTERS_MAX = 4 * 1024;

const utf8 = new TextEncoder();

/**
 * Texts as UTF-8, many of them in one piece of memory: a piece for each would cost more than the text. Who keeps one for long, when
 * those beside it are gone, keeps a copy.
 */
export const createUtf8 = (): ((text: string) => Uint8Array) => {
  let slab = new Uint8Array(0);
  let used = 0;
  return (text) => {
    const { length } = text;
    if (length > SHARED_CHARACTERS_MAX) return utf8.encode(text);
    if (used + length > slab.length) {
      slab = new Uint8Array(SLAB_BYTES);
      used = 0;
    }
    const bytes = slab.subarray(used, used + length);
    // Of ASCII, which is as long as its text.
    if (utf8.encodeInto(text, bytes).read < length) return utf8.encode(text);
    used += length;
    return bytes;
  };
};
