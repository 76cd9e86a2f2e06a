import { Client, type ClientOptions } from "@opensearch-project/opensearch";
import { AwsSigv4Signer } from "@opensearch-project/opensearch/aws-v3";
import type { OpenSearchAuth, OpenSearchConfig } from "./config.js";
import { attemptOpenSearch } from "./failure.js";

export interface ClusterRequest {
  /** For messages. */
  readonly tried: string;
  readonly method: "GET" | "PUT" | "POST" | "DELETE" | "HEAD";
  /** Parts that come from outside are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: object;
  /** Lines of JSON, in place of `body`. */
  readonly lines?: string;
}

/** OpenSearch, asked once for each request: who asks decides what is tried again. */
export interface Cluster {
  readonly endpoint: string;
  /** The answer's JSON. @throws StorageError */
  send(request: ClusterRequest): Promise<unknown>;
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;

const authOf = (auth: OpenSearchAuth): Partial<ClientOptions> => {
  switch (auth.kind) {
    case "none":
      return {};
    case "basic":
      return { auth: { username: auth.username, password: auth.password } };
    case "aws": {
      const { region, credentials } = auth;
      return AwsSigv4Signer({
        region,
        service: "es",
        ...(credentials && { getCredentials: async () => ({ ...credentials }) }),
      });
    }
  }
};

export const openCluster = ({ endpoint, auth }: OpenSearchConfig): Cluster => {
  const client = new Client({
    node: endpoint,
    maxRetries: 0,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...authOf(auth),
  });
  return {
    endpoint,
    send: ({ tried, method, path, query = {}, body, lines }) =>
      attemptOpenSearch(`${tried} at ${endpoint}`, async () => {
        const answer = await client.transport.request({
          method,
          path,
          querystring: query,
          ...(body && { body }),
          ...(lines !== undefined && { bulkBody: lines }),
        });
        return answer.body as unknown;
      }),
    close: () => client.close(),
  };
};
