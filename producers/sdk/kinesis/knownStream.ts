import type { Clock } from "../clock.js";
import { createShardMap, type ShardMap } from "./shardMap.js";
import type { StreamTraits, WritableStream } from "./stream.js";

/** What is known of the stream now. */
export interface StreamView {
  readonly traits: StreamTraits;
  /** Null while it is not known, or where the stream minds no keys: then nothing is joined by shard. */
  readonly map: ShardMap | null;
}

/** Looks at the stream when first asked, and again when told that what is known is not so. */
export interface KnownStream {
  view(): Promise<StreamView>;
  /** Resolves when the shards have been listed anew, or could not be. At most one listing at a time, `LISTINGS_APART_MS` apart. */
  refresh(): Promise<StreamView>;
}

/** What Kinesis does where nobody has changed it; also taken where we may not look. */
export const USUAL_TRAITS: StreamTraits = { recordBytesMax: 2 ** 20, distributesItself: false };

const LISTINGS_APART_MS = 1_000;
/** How long the first events wait for the map before they go without. */
const FIRST_LOOK_MS = 2_000;
/** After a look that failed. */
const LOOK_AGAIN_AFTER_MS = 10_000;

export const createKnownStream = (
  stream: Pick<WritableStream, "traits" | "openShards">,
  clock: Clock,
): KnownStream => {
  let known: StreamView = { traits: USUAL_TRAITS, map: null };
  let traits: StreamTraits | null = null;
  let looking: Promise<StreamView> | null = null;
  let lookAfterMs = Number.NEGATIVE_INFINITY;
  let hasLooked = false;

  const look = async (): Promise<StreamView> => {
    try {
      traits ??= await stream.traits().catch(() => null);
      const seen = traits ?? USUAL_TRAITS;
      known = {
        traits: seen,
        map: seen.distributesItself ? null : createShardMap(await stream.openShards()),
      };
      lookAfterMs = clock.elapsedMs() + LISTINGS_APART_MS;
    } catch {
      lookAfterMs = clock.elapsedMs() + LOOK_AGAIN_AFTER_MS;
    }
    return known;
  };

  const lookOnce = (): Promise<StreamView> => {
    looking ??= look().finally(() => {
      looking = null;
      hasLooked = true;
    });
    return looking;
  };

  return {
    async view() {
      const wants = known.map === null && !known.traits.distributesItself && clock.elapsedMs() >= lookAfterMs;
      if (wants) void lookOnce();
      if (hasLooked || looking === null) return known;
      return within(looking, FIRST_LOOK_MS, clock).then(() => known);
    },
    refresh: () => (clock.elapsedMs() < lookAfterMs ? Promise.resolve(known) : lookOnce()),
  };
};

const within = async (work: Promise<unknown>, ms: number, clock: Clock): Promise<void> => {
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([work, over]);
  cancel();
};
