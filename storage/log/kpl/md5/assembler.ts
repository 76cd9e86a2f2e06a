/*
 * As much of WebAssembly's binary format (core specification 2.0, section 5) as the kernel uses: one function of i32 parameters,
 * without a result, and one memory.
 */
const I32 = 0x7f;
const V128 = 0x7b;
const VECTOR = 0xfd;

const unsigned = (value: number): readonly number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
};

const signed = (value: number): readonly number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest & 0x7f);
  return bytes;
};

const section = (id: number, ...content: readonly number[]): readonly number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];

const text = (value: string): readonly number[] => [...unsigned(value.length), ...Buffer.from(value)];

export type LocalType = "i32" | "v128";

/** Emits the function's body, an instruction a call, in order. Locals are by index; parameters are the first. */
export interface Assembler {
  local(type: LocalType): number;
  locals(type: LocalType, count: number): readonly number[];
  get(local: number): Assembler;
  set(local: number): Assembler;
  tee(local: number): Assembler;
  move(from: number, to: number): Assembler;
  constant(value: number): Assembler;
  addWord(): Assembler;
  /** From that address. */
  loadWord(address: number): Assembler;
  /** From the address on the stack, and so far behind it. */
  loadVector(offset: number): Assembler;
  storeVector(offset: number): Assembler;
  /** Vectors of four words. */
  add(): Assembler;
  and(): Assembler;
  or(): Assembler;
  xor(): Assembler;
  not(): Assembler;
  shiftLeft(bits: number): Assembler;
  shiftRight(bits: number): Assembler;
  /** Words of two locals, 0-3 of `left`, 4-7 of `right`, into a third. */
  shuffle(left: number, right: number, words: readonly number[], into: number): Assembler;
  loop(): Assembler;
  /** Back to the loop's beginning, if the word on the stack is not 0. */
  againIf(): Assembler;
  end(): Assembler;
  module(name: string, memoryPages: number): Uint8Array;
}

export const createAssembler = (parameters: number): Assembler => {
  const types: number[] = [];
  const body: number[] = [];
  const emit = (...bytes: readonly number[]): Assembler => {
    body.push(...bytes);
    return assembler;
  };
  const vector = (operation: number, ...rest: readonly number[]): Assembler =>
    emit(VECTOR, ...unsigned(operation), ...rest);
  const local = (type: LocalType): number => parameters + types.push(type === "i32" ? I32 : V128) - 1;

  const assembler: Assembler = {
    local,
    locals: (type, count) => Array.from({ length: count }, () => local(type)),
    get: (index) => emit(0x20, ...unsigned(index)),
    set: (index) => emit(0x21, ...unsigned(index)),
    tee: (index) => emit(0x22, ...unsigned(index)),
    move: (from, to) => assembler.get(from).set(to),
    constant: (value) => emit(0x41, ...signed(value)),
    addWord: () => emit(0x6a),
    loadWord: (address) => emit(0x41, 0, 0x28, 2, ...unsigned(address)),
    loadVector: (offset) => vector(0x00, 4, ...unsigned(offset)),
    storeVector: (offset) => vector(0x0b, 4, ...unsigned(offset)),
    add: () => vector(0xae),
    and: () => vector(0x4e),
    or: () => vector(0x50),
    xor: () => vector(0x51),
    not: () => vector(0x4d),
    shiftLeft: (bits) => emit(0x41, ...signed(bits), VECTOR, ...unsigned(0xab)),
    shiftRight: (bits) => emit(0x41, ...signed(bits), VECTOR, ...unsigned(0xad)),
    shuffle: (left, right, words, into) => {
      assembler.get(left).get(right);
      vector(0x0d, ...words.flatMap((word) => [0, 1, 2, 3].map((byte) => word * 4 + byte)));
      return assembler.set(into);
    },
    loop: () => emit(0x03, 0x40),
    againIf: () => emit(0x0d, 0),
    end: () => emit(0x0b),
    module: (name, memoryPages) => {
      const locals = types.flatMap((type) => [1, type]);
      const code = [...unsigned(types.length), ...locals, ...body, 0x0b];
      return Uint8Array.from([
        ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        ...section(1, 1, 0x60, parameters, ...Array.from({ length: parameters }, () => I32), 0),
        ...section(3, 1, 0),
        ...section(5, 1, 0, ...unsigned(memoryPages)),
        ...section(7, 2, ...text("memory"), 2, 0, ...text(name), 0, 0),
        ...section(10, 1, ...unsigned(code.length), ...code),
      ]);
    },
  };
  return assembler;
};
