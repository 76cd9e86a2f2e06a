import { murmur3 } from "./murmur3.js";

const UTF8_BYTES_PER_UNIT_MAX = 3;
let scratch = Buffer.alloc(1024);
let view = new DataView(scratch.buffer, scratch.byteOffset, scratch.byteLength);

/** Writes UTF-8 to the scratch buffer. Most ids are short ASCII: then a loop beats the call into native code. */
const writeUtf8 = (text: string): number => {
  if (text.length * UTF8_BYTES_PER_UNIT_MAX > scratch.length) {
    scratch = Buffer.alloc(text.length * UTF8_BYTES_PER_UNIT_MAX);
    view = new DataView(scratch.buffer, scratch.byteOffset, scratch.byteLength);
  }
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return scratch.write(text, "utf8");
    scratch[index] = unit;
  }
  return text.length;
};

/** MurmurHash3_x64_128 of the UTF-8 bytes; a lone surrogate counts as U+FFFD. See `murmur3` for `out`. */
export const hashText = (text: string, seed: number, out: Int32Array): void => {
  const length = writeUtf8(text);
  murmur3(view, 0, length, seed, out);
};
