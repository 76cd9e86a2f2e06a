import type { FailureKind, StreamFailure } from "@freshet/kinesis-consumer";
import { StorageError, type StorageErrorKind } from "../../errors.js";

const KINDS: Readonly<Record<FailureKind, StorageErrorKind>> = {
  throttled: "unavailable",
  expiredIterator: "unavailable",
  unavailable: "unavailable",
  inUse: "unavailable",
  gone: "missing",
  refused: "unreadable",
};

const ADVICE: Readonly<Partial<Record<StorageErrorKind, string>>> = {
  unavailable: "it is tried again; if it lasts, check the network, the endpoint and the stream's limits",
  missing: "check region and name of the stream; a stream that was deleted takes what was not landed with it",
  unreadable: "check the credentials, their policy and this machine's clock (`freshet doctor`)",
};

/** What reading a stream failed by, as storage names failures. */
export const asStorageFailure = (failure: StreamFailure): StorageError => {
  const kind = KINDS[failure.kind];
  return new StorageError(kind, `${failure.message}; ${ADVICE[kind]}`, failure);
};
