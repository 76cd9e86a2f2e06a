const WORD_BYTES = 4;
export const BLOCK_WORDS = 4;
export const BLOCK_BYTES = 16;
/**
 * By how many of a block's bytes belong to the input (0 to 16), and word: which bits do. Reading what lies behind the
 * input too, and masking it, costs less than a branch by the length, which is mispredicted more often than not.
 */
export const MASKS = Int32Array.from({ length: (BLOCK_BYTES + 1) * BLOCK_WORDS }, (_, index) => {
  const bytes = Math.floor(index / BLOCK_WORDS) - (index % BLOCK_WORDS) * WORD_BYTES;
  return bytes >= WORD_BYTES ? -1 : bytes <= 0 ? 0 : (1 << (8 * bytes)) - 1;
});

const copied = new DataView(new ArrayBuffer(BLOCK_BYTES));
let viewed: Uint8Array = new Uint8Array(0);
let view: DataView = new DataView(viewed.buffer);

/** Made anew only when the array is another than the last time: hashing goes over the events of one buffer. */
export const viewOf = (bytes: Uint8Array): DataView => {
  if (bytes !== viewed) {
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    viewed = bytes;
  }
  return view;
};

/** The `length` bytes that start `at` as a block that can be read whole, for where the buffer ends. Valid until the next. */
export const copyBlock = (from: DataView, at: number, length: number): DataView => {
  for (let index = 0; index < length; index++) copied.setUint8(index, from.getUint8(at + index));
  return copied;
};
