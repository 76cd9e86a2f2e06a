import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";

/** What became of one attempt. `refused`: a condition did not hold, which costs what a write costs. */
export type AttemptOutcome = "done" | "refused" | "throttled" | "failed";

/** Attempts of one operation, so far; those after the first of a request are retries. */
export interface RequestCount {
  readonly service: string;
  readonly operation: string;
  readonly outcomes: Readonly<Record<AttemptOutcome, number>>;
  readonly retries: number;
}

/** Counts what clients send; one for a thread, that of the main one taking in the others'. */
export interface RequestCounts {
  readonly all: readonly RequestCount[];
  begun(service: string, operation: string): void;
  attempted(service: string, operation: string, outcome: AttemptOutcome): void;
  /** What another thread has sent so far; no two threads, one after the other either, have the same name. */
  takeIn(thread: string, all: readonly RequestCount[]): void;
}

interface Counting {
  readonly service: string;
  readonly operation: string;
  readonly outcomes: Record<AttemptOutcome, number>;
  begun: number;
}

const THROTTLED_STATUS = [429, 503];
const THROTTLED =
  /^(?:ProvisionedThroughputExceeded|RequestLimitExceeded|Throttling|ThrottlingException|LimitExceeded|SlowDown|TooManyRequests)/;
const REFUSED = /^(?:ConditionalCheckFailed|PreconditionFailed|ConditionalRequestConflict)/;

/** By the name and the status that a service gives its errors. */
export const outcomeOf = (error: unknown): AttemptOutcome => {
  if (!(error instanceof Error)) return "failed";
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  if (REFUSED.test(error.name)) return "refused";
  if (THROTTLED.test(error.name) || THROTTLED_STATUS.includes($metadata?.httpStatusCode ?? 0))
    return "throttled";
  return "failed";
};

const nameOf = ({ service, operation }: Pick<RequestCount, "service" | "operation">): string =>
  `${service} ${operation}`;

const sumOf = (a: RequestCount, b: RequestCount): RequestCount => ({
  ...a,
  outcomes: {
    done: a.outcomes.done + b.outcomes.done,
    refused: a.outcomes.refused + b.outcomes.refused,
    throttled: a.outcomes.throttled + b.outcomes.throttled,
    failed: a.outcomes.failed + b.outcomes.failed,
  },
  retries: a.retries + b.retries,
});

const countOf = ({ begun, ...one }: Counting): RequestCount => {
  const attempts = Object.values(one.outcomes).reduce((sum, count) => sum + count, 0);
  return { ...one, outcomes: { ...one.outcomes }, retries: Math.max(0, attempts - begun) };
};

export const createRequestCounts = (): RequestCounts => {
  const counts = new Map<string, Counting>();
  const others = new Map<string, readonly RequestCount[]>();
  const of = (service: string, operation: string): Counting => {
    const name = nameOf({ service, operation });
    let one = counts.get(name);
    if (!one) {
      one = { service, operation, outcomes: { done: 0, refused: 0, throttled: 0, failed: 0 }, begun: 0 };
      counts.set(name, one);
    }
    return one;
  };
  return {
    get all() {
      const sums = new Map<string, RequestCount>();
      for (const one of [...[...counts.values()].map(countOf), ...[...others.values()].flat()]) {
        const before = sums.get(nameOf(one));
        sums.set(nameOf(one), before ? sumOf(before, one) : one);
      }
      return [...sums.values()];
    },
    begun: (service, operation) => void of(service, operation).begun++,
    attempted: (service, operation, outcome) => void of(service, operation).outcomes[outcome]++,
    takeIn: (thread, all) => void others.set(thread, all),
  };
};

const COMMAND = /Command$/;

type Stack = DynamoDBClient["middlewareStack"];

const operationOf = ({ commandName = "" }: { readonly commandName?: string }): string =>
  commandName.replace(COMMAND, "");

/** The client, its requests counted, each attempt by itself. */
export const counted = <C extends DynamoDBClient | KinesisClient | S3Client>(
  client: C,
  service: string,
  counts: RequestCounts | undefined,
): C => {
  if (!counts) return client;
  // They differ in how they type what they carry, which is not looked at.
  const stack = client.middlewareStack as unknown as Stack;
  stack.add(
    (next, context) => (args) => {
      counts.begun(service, operationOf(context));
      return next(args);
    },
    { step: "initialize", name: "countRequests" },
  );
  stack.add(
    (next, context) => async (args) => {
      try {
        const result = await next(args);
        counts.attempted(service, operationOf(context), "done");
        return result;
      } catch (error) {
        counts.attempted(service, operationOf(context), outcomeOf(error));
        throw error;
      }
    },
    // within the SDK's own retries
    { step: "finalizeRequest", priority: "low", name: "countAttempts" },
  );
  return client;
};
