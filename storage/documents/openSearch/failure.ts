import { errors } from "@opensearch-project/opensearch";
import { asAwsError } from "../../aws/awsError.js";
import { StorageError, type StorageErrorKind } from "../../errors.js";

const TOO_LARGE = 413;
const TOO_MANY = 429;

const kindOf = (status: number): StorageErrorKind => {
  if (status === TOO_MANY || status >= 500) return "unavailable";
  if (status === 401 || status === 403) return "unreadable";
  if (status === 404) return "missing";
  return status === TOO_LARGE ? "full" : "invalid";
};

const ADVICE: Readonly<Partial<Record<StorageErrorKind, string>>> = {
  unavailable: "it is tried again; if it lasts, look at the cluster's health and its queues",
  unreadable: "check the credentials, the domain's access policy and its roles",
  missing: "check the endpoint and the prefix",
  full: "one document is larger than the cluster takes",
};

/** What OpenSearch says was wrong. */
const reasonOf = (body: unknown): string => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return (text ?? "").slice(0, 500);
};

const asError = (error: unknown, tried: string): unknown => {
  if (error instanceof StorageError) return error;
  if (error instanceof errors.ResponseError) {
    const status = error.statusCode ?? 0;
    const kind = kindOf(status);
    const advice = ADVICE[kind];
    return new StorageError(
      kind,
      `${tried}: ${status}: ${reasonOf(error.body)}${advice ? `; ${advice}` : ""}`,
    );
  }
  if (error instanceof errors.OpenSearchClientError)
    return new StorageError(
      "unavailable",
      `${tried}: ${error.name}: ${error.message}; check the endpoint and the network`,
    );
  return asAwsError(error, tried);
};

export const attemptOpenSearch = async <T>(tried: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    throw asError(error, tried);
  }
};
