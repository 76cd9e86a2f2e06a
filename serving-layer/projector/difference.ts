import {
  type StoredTrend,
  type TrendDocument,
  trendDigest,
  type TrendName,
  trendName,
  type TrendWrite,
} from "@freshet/storage";

/** What a store is known to hold of one place, by id. */
export type Holding = ReadonlyMap<string, { readonly name: TrendName; readonly digest: string }>;

export const holdingOf = (stored: readonly Pick<StoredTrend, "name" | "digest">[]): Holding =>
  new Map(stored.map(({ name, digest }) => [name.id, { name, digest }]));

export const holdingAfter = (wanted: readonly TrendDocument[]): Holding =>
  holdingOf(wanted.map((document) => ({ name: trendName(document), digest: trendDigest(document) })));

/**
 * The writes that make a holding what is wanted: what differs is put, what left is removed.
 *
 * @param all also what does not differ: an earlier writer may have written over it since
 */
export const difference = (
  wanted: readonly TrendDocument[],
  held: Holding,
  version: bigint,
  all: boolean,
): readonly TrendWrite[] => {
  const puts = wanted.flatMap((document): TrendWrite[] => {
    const name = trendName(document);
    const same = held.get(name.id)?.digest === trendDigest(document);
    return same && !all ? [] : [{ kind: "put", name, version, document }];
  });
  const staying = new Set(wanted.map((document) => trendName(document).id));
  const removals = [...held.values()]
    .filter(({ name }) => !staying.has(name.id))
    .map(({ name }): TrendWrite => ({ kind: "remove", name, version }));
  return [...puts, ...removals];
};
