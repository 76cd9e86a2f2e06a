import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Of HTTP's `Date`. */
const DATE_RESOLUTION_MS = 1_000;

/** This machine's clock, set right by what a service's answers say of the time. */
export interface ServerClock {
  now(): number;
  /** Of one answer: `dateMs` is its `Date`, the others this machine's clock before and after the request. */
  observe(sentMs: number, receivedMs: number, dateMs: number): void;
}

/**
 * Hosts whose clocks differ must agree on when a lease ends. The service's clock lies within [Date, Date + 1 s) at some
 * moment between sending and receiving (Cristian 1989); the offset moves only as far as an answer contradicts it, so a
 * clock that is right within a second is left alone.
 */
export const createServerClock = (localNow: () => number): ServerClock => {
  let offsetMs = 0;
  return {
    now: () => localNow() + offsetMs,
    observe(sentMs, receivedMs, dateMs) {
      const least = dateMs - receivedMs;
      const most = dateMs + DATE_RESOLUTION_MS - sentMs;
      offsetMs = Math.min(Math.max(offsetMs, least), most);
    },
  };
};

const dateOf = (response: unknown): number => {
  const headers = (response as { readonly headers?: Readonly<Record<string, string>> }).headers;
  return Date.parse(headers?.["date"] ?? "");
};

/** Every answer that the client gets is a look at the service's clock. */
export const watchServerClock = (
  client: DynamoDBClient,
  clock: ServerClock,
  localNow: () => number,
): void => {
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentMs = localNow();
      const result = await next(args);
      const dateMs = dateOf(result.response);
      if (!Number.isNaN(dateMs)) clock.observe(sentMs, localNow(), dateMs);
      return result;
    },
    { step: "deserialize", name: "serverClock", priority: "low" },
  );
};
