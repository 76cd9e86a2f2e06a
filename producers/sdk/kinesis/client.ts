import { KinesisClient, type KinesisClientConfig } from "@aws-sdk/client-kinesis";

const STREAMS_MAX = 64;
const SESSION_TIMEOUT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 6_000;

/**
 * A client whose requests share HTTP/2 sessions: the SDK's own default opens one with TLS for each request
 * (aws-sdk-js-v3 issue 8279). It tries once, since the producer itself tries again, and only what failed.
 */
export const createKinesisClient = (config: KinesisClientConfig = {}): KinesisClient =>
  new KinesisClient({
    maxAttempts: 1,
    requestHandler: {
      disableConcurrentStreams: false,
      maxConcurrentStreams: STREAMS_MAX,
      sessionTimeout: SESSION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
    ...config,
  });
