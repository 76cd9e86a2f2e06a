/** What the service answers instead of a result, by the name that the SDK gives the class of its error. */
export type KinesisErrorCode =
  | "DryRunOperationException"
  | "ExpiredIteratorException"
  | "ExpiredNextTokenException"
  | "InternalFailure"
  | "InvalidArgumentException"
  | "InvalidSignatureException"
  | "LimitExceededException"
  | "ProvisionedThroughputExceededException"
  | "ResourceInUseException"
  | "ResourceNotFoundException"
  | "SerializationException"
  | "UnknownOperationException"
  | "UnrecognizedClientException"
  | "ValidationException";

/** An answer of the service: the request came, and so does this. */
export class KinesisError extends Error {
  override readonly name = "KinesisError";
  constructor(
    readonly code: KinesisErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** No answer comes: the connection broke. What was asked for may have been done. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  /** As Node says it of a socket; the SDK takes it for a failure that passes. */
  readonly code = "ECONNRESET";
  constructor() {
    super("socket hang up");
  }
}

/** @throws KinesisError ValidationException where it is missing. */
export const required = <T>(value: T | undefined | null, member: string): T => {
  if (value === undefined || value === null) throw invalidMember(member, "Member must not be null");
  return value;
};

export const invalidMember = (member: string, constraint: string): KinesisError =>
  new KinesisError(
    "ValidationException",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );

export const invalidArgument = (message: string): KinesisError =>
  new KinesisError("InvalidArgumentException", message);

/** Asked of what has been found right, before it takes effect. @throws KinesisError DryRunOperationException */
export const unlessDryRun = ({ DryRun }: { readonly DryRun?: boolean | undefined }): void => {
  if (DryRun === true)
    throw new KinesisError("DryRunOperationException", "The request would succeed; DryRun was specified.");
};
