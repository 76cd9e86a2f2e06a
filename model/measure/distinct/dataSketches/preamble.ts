/*
 * The layout that HLL sketches of DataSketches have in Java, C++, Go and Rust (org.apache.datasketches.hll.PreambleUtil),
 * little endian. Eight bytes in every mode:
 *
 *   0 preamble ints | 1 version | 2 family | 3 lgK | 4 lg of the array's ints | 5 flags | 6 list count or least rank | 7 mode
 *
 * LIST: coupons from 8. SET: int32 count at 8, coupons from 12. Updatable, both are arrays of 2^lgArr ints with zeros
 * where nothing is; compact, they are the coupons alone.
 * ARRAY: f64 HIP accumulator at 8, f64 sums of 2^-rank over ranks below 32 at 16 and from 32 at 24, int32 number of
 * registers of the least rank at 32, int32 number of exceptions at 36, registers from 40, then the exceptions of HLL_4.
 */
export const LIST = 0;
export const SET = 1;
export const ARRAY = 2;
export type Mode = typeof LIST | typeof SET | typeof ARRAY;

export const HLL_4 = 0;
export const HLL_6 = 1;
export const HLL_8 = 2;
export type ArrayType = typeof HLL_4 | typeof HLL_6 | typeof HLL_8;

export const VERSION = 1;
export const FAMILY = 7;
/** By mode, as the two below. */
export const PREAMBLE_INTS = [2, 3, 10] as const;
export const BODY_AT = [8, 12, 40] as const;
export const SET_COUNT_AT = 8;
export const SUM_LOW_AT = 16;
export const SUM_HIGH_AT = 24;
export const LEAST_COUNT_AT = 32;
export const EXCEPTIONS_COUNT_AT = 36;
/** From this rank on, 2^-rank goes to the second sum. */
export const HIGH_RANK = 32;

/** Every updatable list has this many ints, as lg. */
export const LG_LIST = 3;

export const EMPTY = 4;
export const COMPACT = 8;
export const OUT_OF_ORDER = 16;
/** READ_ONLY, and REBUILD, which says that the sums of an array are not those of its registers. */
const IGNORED_FLAGS = 2 | 32;
const FLAGS = EMPTY | COMPACT | OUT_OF_ORDER | IGNORED_FLAGS;

export const LG_K_MIN = 4;
export const LG_K_MAX = 21;
const MODE_BITS = 2;
const MODE_BYTE_MAX = 0xf;

export interface Preamble {
  readonly mode: Mode;
  readonly type: ArrayType;
  readonly lgK: number;
  readonly lgArray: number;
  readonly empty: boolean;
  readonly compact: boolean;
  /** The number of coupons of a list, the least rank of an array's registers. */
  readonly byte6: number;
}

/** @throws RangeError always: no sketch of DataSketches is like this. */
export const malformed = (what: string): never => {
  throw new RangeError(`HLL sketch of DataSketches: ${what}`);
};

export const modeByte = (mode: Mode, type: ArrayType): number => (type << MODE_BITS) | mode;

/** @throws RangeError where the bytes do not begin as an HLL sketch does. */
export const readPreamble = (view: DataView): Preamble => {
  const modeAndType = view.byteLength < BODY_AT[LIST] ? malformed("cut short") : view.getUint8(7);
  const mode = modeAndType & 3;
  const type = modeAndType >>> MODE_BITS;
  if (modeAndType > MODE_BYTE_MAX || mode > ARRAY || type > HLL_8) malformed(`mode ${modeAndType}`);
  const known = { mode: mode as Mode, type: type as ArrayType };
  if (view.getUint8(2) !== FAMILY) malformed(`family ${view.getUint8(2)}, not ${FAMILY}`);
  if (view.getUint8(1) !== VERSION) malformed(`version ${view.getUint8(1)}, not ${VERSION}`);
  if (view.getUint8(0) !== PREAMBLE_INTS[known.mode]) malformed(`${view.getUint8(0)} preamble ints`);
  if (view.byteLength < BODY_AT[known.mode]) malformed("cut short");
  const lgK = view.getUint8(3);
  if (lgK < LG_K_MIN || lgK > LG_K_MAX) malformed(`lgK ${lgK}`);
  const flags = view.getUint8(5);
  if ((flags & ~FLAGS) !== 0) malformed(`flags ${flags}`);
  return {
    ...known,
    lgK,
    lgArray: view.getUint8(4),
    empty: (flags & EMPTY) !== 0,
    compact: (flags & COMPACT) !== 0,
    byte6: view.getUint8(6),
  };
};
