/** Pairs of bin and count, flat, ascending by bin: `[bin, n, bin, n, ...]`. No count is zero. */
export type Histogram = number[];

/** Up to here an array is made anew for each bin: a grown one would hold room for 16 more, in millions of groups. */
const EXACT_LENGTH_MAX = 16;
/** Merging more than this walks both instead of searching for each bin. */
const SEARCHED_LENGTH_MAX = 16;
/** Of more, the sum is made. */
export const HISTOGRAMS_AT_ONCE = 32;

/** Index of the first pair whose bin is not less than `bin`. */
const searchBin = (histogram: Histogram, bin: number): number => {
  let low = 0;
  let high = histogram.length >>> 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((histogram[2 * middle] as number) < bin) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
};

/** May reuse and return its first argument. */
export const addToBin = (histogram: Histogram, bin: number, count: number): Histogram => {
  const at = searchBin(histogram, bin);
  if (histogram[at] === bin) {
    histogram[at + 1] = (histogram[at + 1] as number) + count;
    return histogram;
  }
  if (histogram.length < EXACT_LENGTH_MAX) return histogram.toSpliced(at, 0, bin, count);
  histogram.splice(at, 0, bin, count);
  return histogram;
};

/** How many of the bins are not in the other. */
const countNew = (into: Histogram, from: Histogram): number => {
  let count = 0;
  let at = 0;
  for (let index = 0; index < from.length; index += 2) {
    const bin = from[index] as number;
    while (at < into.length && (into[at] as number) < bin) at += 2;
    if (into[at] !== bin) count++;
  }
  return count;
};

/** Adds in place, from the last bin to the first, in one walk. */
const mergeWalking = (into: Histogram, from: Histogram): Histogram => {
  let at = into.length - 2;
  for (let added = countNew(into, from); added > 0; added--) into.push(0, 0);
  let to = into.length - 2;
  for (let index = from.length - 2; index >= 0; index -= 2) {
    const bin = from[index] as number;
    const count = from[index + 1] as number;
    for (; at >= 0 && (into[at] as number) > bin; at -= 2, to -= 2) {
      into[to] = into[at] as number;
      into[to + 1] = into[at + 1] as number;
    }
    const same = at >= 0 && into[at] === bin;
    const standing = same ? (into[at + 1] as number) : 0;
    if (same) at -= 2;
    into[to] = bin;
    into[to + 1] = standing + count;
    to -= 2;
  }
  return into;
};

/** May reuse and return `into`, leaves `from` as it is. */
export const mergeHistograms = (into: Histogram, from: Histogram): Histogram => {
  if (into.length === 0) return from.slice();
  if (from.length > SEARCHED_LENGTH_MAX) return mergeWalking(into, from);
  let merged = into;
  for (let at = 0; at < from.length; at += 2)
    merged = addToBin(merged, from[at] as number, from[at + 1] as number);
  return merged;
};

export const totalOf = (histogram: Histogram): number => {
  let total = 0;
  for (let at = 1; at < histogram.length; at += 2) total += histogram[at] as number;
  return total;
};

/** A product that is an integer but for its rounding counts as that integer. */
const ceilProduct = (probability: number, total: number): number => {
  const product = probability * total;
  const nearest = Math.round(product);
  return Math.abs(product - nearest) <= product * 2 ** -50 ? nearest : Math.ceil(product);
};

/** Places in some histograms; used again by every walk. */
const places = new Uint32Array(HISTOGRAMS_AT_ONCE);

/** The bin that holds the value of rank `ceil(probability * total)`, counted from 1 (nearest rank); null when empty. */
export const quantileBin = (histogram: Histogram, probability: number): number | null => {
  const rank = Math.max(1, ceilProduct(probability, totalOf(histogram)));
  let seen = 0;
  for (let at = 0; at < histogram.length; at += 2) {
    seen += histogram[at + 1] as number;
    if (seen >= rank) return histogram[at] as number;
  }
  return null;
};

/** The same of the sum of some, at most `HISTOGRAMS_AT_ONCE`, which is not made. */
export const quantileBinOfAll = (histograms: readonly Histogram[], probability: number): number | null => {
  const count = histograms.length;
  let total = 0;
  for (let index = 0; index < count; index++) {
    total += totalOf(histograms[index] as Histogram);
    places[index] = 0;
  }
  const rank = Math.max(1, ceilProduct(probability, total));
  let seen = 0;
  for (;;) {
    let bin = Number.POSITIVE_INFINITY;
    for (let index = 0; index < count; index++) {
      const of = histograms[index] as Histogram;
      const at = places[index] as number;
      if (at < of.length && (of[at] as number) < bin) bin = of[at] as number;
    }
    if (bin === Number.POSITIVE_INFINITY) return null;
    for (let index = 0; index < count; index++) {
      const of = histograms[index] as Histogram;
      const at = places[index] as number;
      if (at < of.length && of[at] === bin) {
        seen += of[at + 1] as number;
        places[index] = at + 2;
      }
    }
    if (seen >= rank) return bin;
  }
};
