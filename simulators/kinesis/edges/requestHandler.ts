import type { Clock } from "@freshet/sdk";
import type { KinesisService } from "../service.js";
import { answer, type FrameSource, type Gate } from "./wire.js";

/** What the SDK hands to a request handler, as far as it is looked at. */
interface HandledRequest {
  readonly headers: Record<string, string>;
  readonly path: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- the SDK's own type
  readonly body?: any;
}

interface HandlingOptions {
  readonly abortSignal?: object | undefined;
  /** Milliseconds. */
  readonly requestTimeout?: number | undefined;
}

interface HandledResponse {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  };
}

/** Goes into a client's `requestHandler`. */
export interface SimulatedRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: HandledRequest, options?: HandlingOptions): Promise<HandledResponse>;
  destroy(): void;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): object;
}

/** How the SDK knows a failure of the connection that may pass. */
const failureNamed = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/**
 * The SDK's client speaks to the simulator without a socket, so that the simulator's clock is the only one. Abort signals and
 * timeouts hold at any time, in the middle of an event stream too.
 */
export const createRequestHandler = (
  service: KinesisService,
  clock: Clock,
  { requestTimeoutMs, gate }: { readonly requestTimeoutMs?: number; readonly gate?: Gate } = {},
): SimulatedRequestHandler => ({
  metadata: { handlerProtocol: "h2" },
  async handle(request, options = {}) {
    const controller = new AbortController();
    const given = options.abortSignal instanceof AbortSignal ? options.abortSignal : undefined;
    const abort = (): void => controller.abort(failureNamed("AbortError", "Request aborted"));
    if (given?.aborted) abort();
    given?.addEventListener("abort", abort, { once: true });
    const timeoutMs = options.requestTimeout ?? requestTimeoutMs;
    const cancelTimeout =
      timeoutMs === undefined || timeoutMs <= 0
        ? () => undefined
        : clock.after(timeoutMs, () =>
            controller.abort(failureNamed("TimeoutError", `No answer after ${timeoutMs} ms`)),
          );
    try {
      const wireRequest = {
        headers: lowerCased(request.headers),
        path: request.path,
        body: typeof request.body === "string" ? request.body : new TextDecoder().decode(request.body),
        signal: controller.signal,
      };
      const { status, headers, body } = await answer(service, wireRequest, gate);
      return {
        response: {
          statusCode: status,
          headers: { ...headers },
          body: body instanceof Uint8Array ? body : iterable(body, controller.signal),
        },
      };
    } finally {
      cancelTimeout();
    }
  },
  destroy: () => undefined,
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
});

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Ends the subscription as soon as its reader leaves, also while it waits for an event. */
const iterable = (frames: FrameSource, signal: AbortSignal): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => {
    signal.addEventListener("abort", () => frames.cancel(), { once: true });
    return {
      async next() {
        const value = await frames.next();
        if (signal.aborted) throw signal.reason;
        return value === null ? { done: true, value: undefined } : { done: false, value };
      },
      async return() {
        frames.cancel();
        return { done: true, value: undefined };
      },
    };
  },
});
