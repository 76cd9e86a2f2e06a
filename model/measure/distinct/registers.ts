/**
 * HyperLogLog registers. Sparse: the registers that are not zero as `slot << 6 | rank`, ascending by slot.
 * Dense: one byte for each slot. Which of the two it is depends on how many are not zero, alone.
 */
export type Registers = number[] | Uint8Array;

export const RANK_BITS = 6;
export const RANK_MAX = 63;
/** Past every slot. */
const SLOT_END = 2 ** 26;
/** Keeps an insertion cheap where k is large. */
const SPARSE_ENTRIES_LIMIT = 4096;
/** Up to here an array is made anew for each entry: a grown one would hold room for 16 more, in millions of groups. */
const EXACT_ENTRIES_MAX = 16;
/** Merging more than this walks both lists instead of searching for each entry. */
const SEARCHED_ENTRIES_MAX = 8;

/** An entry takes 8 bytes in memory: beyond this many, dense is smaller. */
export const sparseEntriesMax = (lgK: number): number => Math.min((1 << lgK) >> 3, SPARSE_ENTRIES_LIMIT);

export const isDense = (registers: Registers): registers is Uint8Array => registers instanceof Uint8Array;

export const toDense = (sparse: readonly number[], lgK: number): Uint8Array => {
  const dense = new Uint8Array(1 << lgK);
  for (const entry of sparse) dense[entry >>> RANK_BITS] = entry & RANK_MAX;
  return dense;
};

/** Index of the first entry whose slot is not less than `slot`. */
const searchSlot = (sparse: readonly number[], slot: number): number => {
  let low = 0;
  let high = sparse.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sparse[middle] as number) >>> RANK_BITS < slot) low = middle + 1;
    else high = middle;
  }
  return low;
};

const inserted = (sparse: readonly number[], at: number, entry: number): number[] => {
  const longer = new Array<number>(sparse.length + 1);
  for (let index = 0; index < at; index++) longer[index] = sparse[index] as number;
  longer[at] = entry;
  for (let index = at; index < sparse.length; index++) longer[index + 1] = sparse[index] as number;
  return longer;
};

/** Raises one register; may reuse and return its first argument. */
export const raise = (registers: Registers, slot: number, rank: number, lgK: number): Registers => {
  if (isDense(registers)) {
    if ((registers[slot] as number) < rank) registers[slot] = rank;
    return registers;
  }
  const at = searchSlot(registers, slot);
  const entry = (slot << RANK_BITS) | rank;
  const standing = registers[at];
  if (standing !== undefined && standing >>> RANK_BITS === slot) {
    if (standing < entry) registers[at] = entry;
    return registers;
  }
  if (registers.length >= sparseEntriesMax(lgK)) {
    const dense = toDense(registers, lgK);
    dense[slot] = rank;
    return dense;
  }
  if (registers.length < EXACT_ENTRIES_MAX) return inserted(registers, at, entry);
  registers.splice(at, 0, entry);
  return registers;
};

/** How many slots of the entries are not in the other list. */
const countNew = (into: readonly number[], from: readonly number[]): number => {
  let count = 0;
  let at = 0;
  for (let index = 0; index < from.length; index++) {
    const slot = (from[index] as number) >>> RANK_BITS;
    while (at < into.length && (into[at] as number) >>> RANK_BITS < slot) at++;
    if (at === into.length || (into[at] as number) >>> RANK_BITS !== slot) count++;
  }
  return count;
};

/** The greater of each register, in place, from the last slot to the first, in one walk. */
const mergeWalking = (into: number[], from: readonly number[], added: number): number[] => {
  let at = into.length - 1;
  for (let index = 0; index < added; index++) into.push(0);
  let to = into.length - 1;
  for (let index = from.length - 1; index >= 0; index--) {
    const entry = from[index] as number;
    const slot = entry >>> RANK_BITS;
    for (; at >= 0 && (into[at] as number) >>> RANK_BITS > slot; at--) into[to--] = into[at] as number;
    const same = at >= 0 && (into[at] as number) >>> RANK_BITS === slot;
    into[to--] = same ? Math.max(into[at--] as number, entry) : entry;
  }
  return into;
};

const raiseAll = (registers: Registers, sparse: readonly number[], lgK: number): Registers => {
  let raised = registers;
  for (const entry of sparse) raised = raise(raised, entry >>> RANK_BITS, entry & RANK_MAX, lgK);
  return raised;
};

/** The greater of each register; may reuse and return `into`, leaves `from` as it is. */
export const mergeRegisters = (into: Registers, from: Registers, lgK: number): Registers => {
  if (!isDense(from)) {
    if (into.length === 0) return from.slice();
    if (isDense(into) || from.length <= SEARCHED_ENTRIES_MAX) return raiseAll(into, from, lgK);
    const added = countNew(into, from);
    return into.length + added > sparseEntriesMax(lgK)
      ? raiseAll(toDense(into, lgK), from, lgK)
      : mergeWalking(into, from, added);
  }
  if (!isDense(into)) return raiseAll(new Uint8Array(from), into, lgK);
  for (let slot = 0; slot < from.length; slot++) {
    const rank = from[slot] as number;
    if (rank > (into[slot] as number)) into[slot] = rank;
  }
  return into;
};

/** @param histogram of `RANK_MAX + 1`, written over. Returns it: how many registers hold each rank, index 0 to 63. */
export const rankHistogram = (
  registers: Registers,
  lgK: number,
  histogram: Uint32Array = new Uint32Array(RANK_MAX + 1),
): Uint32Array => {
  histogram.fill(0);
  if (isDense(registers)) {
    for (let slot = 0; slot < registers.length; slot++) {
      const rank = registers[slot] as number;
      histogram[rank] = (histogram[rank] as number) + 1;
    }
    return histogram;
  }
  histogram[0] = (1 << lgK) - registers.length;
  for (const entry of registers) histogram[entry & RANK_MAX] = (histogram[entry & RANK_MAX] as number) + 1;
  return histogram;
};

/** Of more lists, what they are together is made. */
export const LISTS_AT_ONCE = 32;
/** Places in some lists; used again by every walk. */
const places = new Uint32Array(LISTS_AT_ONCE);

/** `rankHistogram` of some sparse registers together, at most `LISTS_AT_ONCE`, which are not put together. */
export const rankHistogramOfAll = (
  lists: readonly (readonly number[])[],
  lgK: number,
  histogram: Uint32Array,
): Uint32Array => {
  const count = lists.length;
  histogram.fill(0);
  places.fill(0, 0, count);
  let raised = 0;
  for (;;) {
    let slot = SLOT_END;
    for (let index = 0; index < count; index++) {
      const of = lists[index] as readonly number[];
      const at = places[index] as number;
      if (at < of.length) slot = Math.min(slot, (of[at] as number) >>> RANK_BITS);
    }
    if (slot === SLOT_END) break;
    let rank = 0;
    for (let index = 0; index < count; index++) {
      const of = lists[index] as readonly number[];
      const at = places[index] as number;
      if (at >= of.length || (of[at] as number) >>> RANK_BITS !== slot) continue;
      rank = Math.max(rank, (of[at] as number) & RANK_MAX);
      places[index] = at + 1;
    }
    histogram[rank] = (histogram[rank] as number) + 1;
    raised++;
  }
  histogram[0] = (1 << lgK) - raised;
  return histogram;
};

/** In the memory form that the number of entries asks for. The entries must ascend by slot. */
export const registersOf = (entries: number[], lgK: number): Registers =>
  entries.length > sparseEntriesMax(lgK) ? toDense(entries, lgK) : entries;

/** How many registers are not zero. */
export const countRaised = (dense: Uint8Array): number => {
  let raised = 0;
  for (const rank of dense) if (rank > 0) raised++;
  return raised;
};

export const toEntries = (dense: Uint8Array): number[] => {
  const entries: number[] = [];
  for (let slot = 0; slot < dense.length; slot++) {
    const rank = dense[slot] as number;
    if (rank > 0) entries.push((slot << RANK_BITS) | rank);
  }
  return entries;
};

/** In the memory form that the number of registers that are not zero asks for. May return its argument. */
export const registersOfDense = (dense: Uint8Array, lgK: number): Registers =>
  countRaised(dense) > sparseEntriesMax(lgK) ? dense : toEntries(dense);
