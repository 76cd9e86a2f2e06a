import { StorageError, type StorageErrorKind } from "../errors.js";

const UNAVAILABLE = [
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "Throttling",
  "LimitExceededException",
  "InternalServerError",
  "InternalError",
  "ServiceUnavailable",
  "SlowDown",
  "RequestTimeout",
  "TimeoutError",
  "ConditionalRequestConflict",
  "OperationAborted",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "EPIPE",
];

const REFUSED = [
  "AccessDenied",
  "AccessDeniedException",
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "RequestExpired",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
];

const KINDS: ReadonlyMap<string, StorageErrorKind> = new Map([
  ...UNAVAILABLE.map((name) => [name, "unavailable"] as const),
  ...REFUSED.map((name) => [name, "unreadable"] as const),
  ["ResourceNotFoundException", "missing"],
  ["NoSuchBucket", "missing"],
  ["ValidationException", "invalid"],
  ["ItemCollectionSizeLimitExceededException", "full"],
]);

const ADVICE: Readonly<Partial<Record<StorageErrorKind, string>>> = {
  unavailable: "it was tried several times; check the network, the endpoint and the service's limits",
  unreadable: "check the credentials, their policy and this machine's clock (`freshet doctor`)",
  missing: "check region and names, or have it made (`freshet doctor` says how)",
};

const textOf = (error: Error, name: "name" | "code"): string =>
  name in error ? String((error as { readonly code?: unknown })[name as "code"]) : "";

const statusOf = (error: Error): number =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;

const kindOf = (error: Error): StorageErrorKind | undefined => {
  const known = KINDS.get(textOf(error, "name")) ?? KINDS.get(textOf(error, "code"));
  if (known) return known;
  if (statusOf(error) >= 500) return "unavailable";
  return statusOf(error) === 403 ? "unreadable" : undefined;
};

/** Without the request and the answer, which the SDK keeps with its errors: nobody's log shall have a signature. */
const causeOf = ({ name, message, stack }: Error): Error =>
  Object.assign(new Error(message), { name, ...(stack !== undefined && { stack }) });

/** Gives a failed request its kind; what is no failure of a service (a bug) is returned as it is. */
export const asAwsError = (error: unknown, tried: string): unknown => {
  if (error instanceof StorageError || !(error instanceof Error)) return error;
  const kind = kindOf(error);
  if (!kind) return error;
  const advice = ADVICE[kind];
  return new StorageError(
    kind,
    `${tried}: ${error.name}: ${error.message}${advice ? `; ${advice}` : ""}`,
    causeOf(error),
  );
};

/** @param tried what it is, for the message. @throws StorageError where a service refuses or is not there */
export const attemptAws = async <T>(tried: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    throw asAwsError(error, tried);
  }
};
