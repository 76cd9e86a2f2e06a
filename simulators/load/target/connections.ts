import {
  Agent as PlainAgent,
  type ClientRequest,
  type IncomingMessage,
  request as plainRequest,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly text: string;
}

/** Connections that are kept open, to one address. */
export interface Connections {
  /** @throws Error where no answer comes in time. */
  post(body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 30_000;
const MS_PER_SECOND = 1_000;

const read = async (response: IncomingMessage): Promise<HttpAnswer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const seconds = Number(response.headers["retry-after"]);
  return {
    status: response.statusCode ?? 0,
    retryAfterMs: seconds >= 0 ? seconds * MS_PER_SECOND : null,
    text: Buffer.concat(chunks).toString("utf8"),
  };
};

export const createConnections = (address: string, connectionsMax: number): Connections => {
  const url = new URL(address);
  const isTls = url.protocol === "https:";
  const agent = new (isTls ? TlsAgent : PlainAgent)({ keepAlive: true, maxSockets: connectionsMax });
  const request = isTls ? tlsRequest : plainRequest;
  return {
    post: (body, headers) =>
      new Promise((resolve, reject) => {
        const sent: ClientRequest = request(
          url,
          { method: "POST", agent, headers: { ...headers, "content-length": body.length } },
          (response) => void read(response).then(resolve, reject),
        );
        sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
        sent.on("error", reject);
        sent.end(body);
      }),
    close() {
      agent.destroy();
      return Promise.resolve();
    },
  };
};
