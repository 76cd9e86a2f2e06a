import { connect, type Socket } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const LENGTH = /content-length: (\d+)/i;
const STATUS_AT = 9;
const STATUS_LENGTH = 3;

/** A connection that sends one request after the other, with as little work of its own as can be. */
export interface Connection {
  /** Resolves to the status once the whole answer has come, and its body. */
  post(body: Uint8Array): Promise<{ readonly status: number; readonly body: Buffer }>;
  close(): void;
}

const openSocket = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.setNoDelay(true).once("error", reject);
  });

/** Where the answer ends, and its body starts; null: more is to come. */
const answerIn = (bytes: Buffer): { readonly bodyAt: number; readonly end: number } | null => {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const length = LENGTH.exec(bytes.toString("latin1", 0, headEnd))?.[1];
  if (length === undefined) throw new Error("an answer without a length");
  const bodyAt = headEnd + HEAD_END.length;
  const end = bodyAt + Number(length);
  return end > bytes.length ? null : { bodyAt, end };
};

interface Waiting {
  resolve(answer: { readonly status: number; readonly body: Buffer }): void;
  reject(error: unknown): void;
}

export const openConnection = async (
  address: string,
  path: string,
  contentType: string,
): Promise<Connection> => {
  const { host, port } = new URL(address);
  const socket = await openSocket(Number(port));
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: ${contentType}\r\ncontent-length: `;
  let received: Buffer = Buffer.alloc(0);
  let waiting: Waiting | null = null;
  socket.on("data", (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = answerIn(received);
    if (!answer) return;
    const status = Number(received.toString("latin1", STATUS_AT, STATUS_AT + STATUS_LENGTH));
    const body = received.subarray(answer.bodyAt, answer.end);
    received = received.subarray(answer.end);
    waiting?.resolve({ status, body });
  });
  socket.on("close", () => waiting?.reject(new Error("the server closed the connection")));
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.cork();
        socket.write(`${head}${body.length}\r\n\r\n`, "latin1");
        socket.write(body);
        socket.uncork();
      }),
    close: () => socket.destroy(),
  };
};
