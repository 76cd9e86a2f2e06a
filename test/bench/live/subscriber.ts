import { get } from "node:http";
import { connect, type Socket } from "node:net";

/** One who follows a live question, and notes when each answer is heard. */
export interface Subscriber {
  readonly opened: Promise<void>;
  close(): void;
}

/** @param heard told the `at` of each answer or change, which is the newest event's time */
export const subscribe = (address: string, path: string, heard: (atMs: number) => void): Subscriber => {
  let opened = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const request = get(`${address}${path}`, { agent: false }, (response) => {
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode ?? 0}`);
    let text = "";
    response.setEncoding("latin1").on("data", (chunk: string) => {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const at = /"at":"([^"]+)"/.exec(block)?.[1];
        if (at === undefined) continue;
        opened();
        heard(Date.parse(at));
      }
    });
    response.on("error", () => undefined);
  });
  request.on("error", () => undefined);
  return { opened: first, close: () => request.destroy() };
};

/** One who asks and then takes nothing. */
export const stall = (address: string, path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.pause();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
      resolve(socket);
    });
    socket.on("error", reject);
  });
