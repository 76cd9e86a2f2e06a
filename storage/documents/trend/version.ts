/** Flushes of one pointer revision are told apart by so many bits; the revision has the 31 above them. */
const FLUSH_BITS = 32n;
const FLUSH_MAX = 2 ** 32 - 1;
const REVISION_MAX = 2 ** 31 - 1;

/**
 * (pointer revision, flush) in 63 bits, as OpenSearch takes external versions: of two writers of one generation the later wins, and
 * a revert, which is a later revision, wins over what it reverts.
 *
 * @throws RangeError
 */
export const trendVersion = (pointerRevision: number, flush: number): bigint => {
  const fits = (value: number, most: number): boolean =>
    Number.isInteger(value) && value >= 0 && value <= most;
  if (!fits(pointerRevision, REVISION_MAX) || !fits(flush, FLUSH_MAX) || flush === 0)
    throw new RangeError(`not a version: pointer revision ${pointerRevision}, flush ${flush}`);
  return (BigInt(pointerRevision) << FLUSH_BITS) | BigInt(flush);
};
