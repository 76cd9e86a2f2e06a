/** What an SDK client hands to its request handler, as far as the tests' handlers look at it. */
export interface HandledRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- the SDK's own type
  readonly body?: any;
}

export interface HandledResponse {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body?: unknown;
  };
}

/** Goes into a client's `requestHandler`. */
export interface TestHandler {
  // oxlint-disable-next-line typescript/no-explicit-any -- the SDK's own type
  handle(request: any, options?: any): Promise<HandledResponse>;
  destroy(): void;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): object;
}

export const testHandler = (handle: TestHandler["handle"]): TestHandler => ({
  handle,
  destroy() {},
  updateHttpClientConfig() {},
  httpHandlerConfigs: () => ({}),
});
