/** LMDB's bound on a key, less what a table adds. */
const TEXT_KEY_BYTES_MAX = 1900;
const NUL = Buffer.of(0);

/** UTF-8. @throws RangeError when it is empty, too long or holds U+0000, which separates parts. */
export const textKey = (text: string): Buffer => {
  const key = Buffer.from(text, "utf8");
  if (key.length === 0 || key.length > TEXT_KEY_BYTES_MAX || key.includes(0)) {
    throw new RangeError(`not a name to store under: ${JSON.stringify(text.slice(0, 80))}`);
  }
  return key;
};

export const compositeKey = (text: string, rest: Buffer): Buffer => Buffer.concat([textKey(text), NUL, rest]);

/** The least key above all that begin with `prefix`. */
export const afterPrefix = (prefix: Buffer): Buffer => {
  const end = Buffer.from(prefix);
  for (let at = end.length - 1; at >= 0; at--) {
    if ((end[at] as number) < 0xff) {
      end[at] = (end[at] as number) + 1;
      return end.subarray(0, at + 1);
    }
  }
  throw new RangeError("no key lies above a prefix of 0xff bytes");
};
