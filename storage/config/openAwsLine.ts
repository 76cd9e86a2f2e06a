import type { AwsLogConfig, AwsStoreConfig } from "../aws/config.js";
import { openAwsStore } from "../aws/openAwsStore.js";
import type { RequestCounts } from "../aws/requestCounts.js";
import type { DataStore } from "../dataStore.js";
import type { LogCreation } from "../log/identity.js";
import type { AwsLineConfig } from "./storeConfig.js";

const CONSUMER_CHARACTERS_MAX = 128;

export interface DataStoreOptions {
  /** Begins a log where there is none. */
  readonly create?: LogCreation | undefined;
  readonly now?: () => number;
  /** Counts what is sent to services. */
  readonly counts?: RequestCounts;
  /** Whoever opens it reads only shards whose leases it holds: they may be pushed to it. */
  readonly readsAlone?: boolean;
}

/** Its services' addresses as the adapters take them. */
export const awsServices = (config: AwsLineConfig): AwsStoreConfig & { readonly log: AwsLogConfig } => {
  const { region, credentials, endpoints, deadLettersMax } = config;
  const { stream, pollMs, table, bucket, prefix, localDir, localBytesMax } = config;
  const { flushMs, lookMs, inlineBytesMax } = config;
  return {
    region,
    // A copy: the SDK writes into what it is given.
    ...(credentials && { credentials: { ...credentials } }),
    log: {
      stream,
      ...(endpoints?.kinesis && { endpoint: endpoints.kinesis }),
      ...(pollMs !== undefined && { pollMs }),
    },
    dynamo: { table, ...(endpoints?.dynamodb && { endpoint: endpoints.dynamodb }) },
    lake: {
      bucket,
      localDir,
      ...(prefix !== undefined && { prefix }),
      ...(endpoints?.s3 && { endpoint: endpoints.s3 }),
      ...(localBytesMax !== undefined && { localBytesMax }),
    },
    pace: {
      ...(flushMs !== undefined && { flushAfterMs: flushMs }),
      ...(lookMs !== undefined && { lookAfterMs: lookMs }),
      ...(inlineBytesMax !== undefined && { inlineBytesMax }),
    },
    ...(deadLettersMax !== undefined && { deadLettersMax }),
  };
};

/** One for each line, as there is one table for each; a name has 128 characters at most. */
const fanOutConsumerOf = ({ table }: AwsLineConfig): string => table.slice(0, CONSUMER_CHARACTERS_MAX);

/** Opens a store on AWS, without the modules of a data directory: for functions that are bundled. @throws StorageError */
export const openAwsLine = (config: AwsLineConfig, options: DataStoreOptions = {}): Promise<DataStore> => {
  const { now = Date.now } = options;
  const { log: expected = {} } = config;
  const addresses = { ...awsServices(config), counts: options.counts };
  const isPushed = config.reader === "fanOut" && options.readsAlone === true;
  const services = isPushed
    ? { ...addresses, log: { ...addresses.log, fanOutConsumer: fanOutConsumerOf(config) } }
    : addresses;
  return openAwsStore(services, {
    now,
    openLog: async ({ records }, serviceNow) => {
      const { openStreamLog } = await import("../aws/streamLog.js");
      const create = options.create && { ...options.create, ...expected };
      return openStreamLog(services, { records, create, expected, now: serviceNow });
    },
  });
};
