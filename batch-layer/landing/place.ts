import type { EpochMs, SequenceNumber, ShardId } from "@freshet/model";
import type { Records, Shard, ShardLog } from "@freshet/storage";

/** How far a shard has been landed: everything through `lastSequence` is in the raw lake. */
export interface LandingPlace {
  readonly version: 1;
  readonly log: string;
  readonly shard: ShardId;
  /** Null before any record. */
  readonly lastSequence: SequenceNumber | null;
  /** The arrival clock after that record. */
  readonly clockMs: EpochMs;
  /** Set when every record of a closed shard has landed. */
  readonly ended: { readonly children: readonly ShardId[] } | null;
}

export interface StoredPlace {
  readonly place: LandingPlace;
  /** Of the record that holds it; 0: not stored yet. */
  readonly revision: number;
}

const PLACES = "landing/";

/** @throws Error when the places belong to another log. */
export const loadPlaces = async (
  records: Records,
  log: ShardLog,
): Promise<ReadonlyMap<ShardId, StoredPlace>> => {
  const stored = await records.list<LandingPlace>(PLACES);
  return new Map(
    stored.map(({ document: { value, revision } }) => {
      if (value.log !== log.identity.id) {
        throw new Error(
          `landing's place in ${value.shard} belongs to log ${value.log}, but this log is ${log.identity.id}: ` +
            "the log was made anew. Use a new data directory, or restore the log from a backup.",
        );
      }
      return [value.shard, { place: value, revision }];
    }),
  );
};

/** @throws Error when another landing process was first: two of them must not go on side by side. */
export const savePlace = async (records: Records, place: LandingPlace, expected: number): Promise<void> => {
  if (await records.replace(PLACES + place.shard, expected, place)) return;
  throw new Error(
    `landing's place in ${place.shard} was moved by another process: stop one of the two; what was landed twice does no harm`,
  );
};

/** A shard's beginning: its clock starts at its parents' greatest. */
export const placeAtBeginning = (
  log: string,
  shard: Shard,
  places: ReadonlyMap<ShardId, { readonly place: LandingPlace }>,
): LandingPlace => ({
  version: 1,
  log,
  shard: shard.id,
  lastSequence: null,
  clockMs: Math.max(-1, ...shard.parents.map((parent) => places.get(parent)?.place.clockMs ?? -1)) as EpochMs,
  ended: null,
});

/** A child is landed after its parents, since its clock starts at theirs. */
export const canLand = (
  shard: Shard,
  known: ReadonlySet<ShardId>,
  places: ReadonlyMap<ShardId, { readonly place: LandingPlace }>,
): boolean =>
  !places.get(shard.id)?.place.ended &&
  shard.parents.every((parent) => !known.has(parent) || places.get(parent)?.place.ended);
