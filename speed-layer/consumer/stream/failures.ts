import { type FailureKind, StreamFailure } from "./stream.js";

const KINDS: Readonly<Record<string, FailureKind>> = {
  ProvisionedThroughputExceededException: "throttled",
  LimitExceededException: "throttled",
  ThrottlingException: "throttled",
  KMSThrottlingException: "throttled",
  ExpiredIteratorException: "expiredIterator",
  ExpiredNextTokenException: "unavailable",
  ResourceNotFoundException: "gone",
  ResourceInUseException: "inUse",
  InvalidArgumentException: "refused",
  ValidationException: "refused",
  AccessDeniedException: "refused",
  UnrecognizedClientException: "refused",
  InvalidSignatureException: "refused",
  ExpiredTokenException: "refused",
  CredentialsProviderError: "refused",
  KMSAccessDeniedException: "refused",
  KMSDisabledException: "refused",
  KMSInvalidStateException: "refused",
  KMSNotFoundException: "refused",
  KMSOptInRequired: "refused",
};

/** Names of the SDK's errors; all others are taken for failures that pass. */
export const failureOf = (what: string, error: unknown): StreamFailure =>
  error instanceof StreamFailure
    ? error
    : new StreamFailure((error instanceof Error && KINDS[error.name]) || "unavailable", what, error);
