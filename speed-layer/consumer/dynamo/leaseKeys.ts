/** How a row's key names its shard: the KCL writes the shard alone, or, for applications of several streams, the stream before it. */
export interface LeaseKeys {
  keyOf(shard: string): string;
  /** Null where the row is not of this stream. */
  shardOf(key: string): string | null;
}

/** For an application that reads one stream. */
export const singleStreamKeys: LeaseKeys = {
  keyOf: (shard) => shard,
  shardOf: (key) => (key.includes(":") ? null : key),
};

/** The KCL's stream identifier: `account:name:creation`, the creation time in seconds since 1970. */
export const multiStreamKeys = (stream: {
  readonly account: string;
  readonly name: string;
  readonly createdSeconds: number;
}): LeaseKeys => {
  const prefix = `${stream.account}:${stream.name}:${stream.createdSeconds}:`;
  return {
    keyOf: (shard) => prefix + shard,
    shardOf: (key) => (key.startsWith(prefix) ? key.slice(prefix.length) : null),
  };
};

const STREAM_KEY = /^\d{12}:[^:]+:\d+:/;

/**
 * Why leases with these keys must not be worked with `keys`; null where they may. A table in which this stream has checkpoints under the other
 * form would look empty, and the stream would be read again from its beginning.
 */
export const refusalOf = (found: readonly string[], keys: LeaseKeys): string | null => {
  if (found.length === 0 || found.some((key) => keys.shardOf(key) !== null)) return null;
  const [example] = found;
  return keys === singleStreamKeys && found.some((key) => STREAM_KEY.test(key))
    ? `its leases name their stream too, as ${example}: give multiStreamKeys`
    : found.some((key) => singleStreamKeys.shardOf(key) !== null)
      ? `its leases do not name their stream, as ${example}: give singleStreamKeys, or another table`
      : null;
};
