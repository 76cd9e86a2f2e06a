import { get } from "node:http";

export interface SseEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** A client that keeps what it was sent, and can stop reading. */
export interface SseClient {
  readonly status: number;
  readonly events: SseEvent[];
  readonly comments: string[];
  pause(): void;
  resume(): void;
  close(): void;
}

export const openSse = (url: string, headers: Record<string, string> = {}): Promise<SseClient> =>
  new Promise((resolve, reject) => {
    const request = get(url, { headers }, (response) => {
      const events: SseEvent[] = [];
      const comments: string[] = [];
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        const blocks = (text + chunk).split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) {
          const fields = new Map(
            block.split("\n").map((line) => line.split(/: ?(.*)/s, 2) as [string, string]),
          );
          if (fields.has("")) comments.push(fields.get("") ?? "");
          const data = fields.get("data");
          if (data !== undefined) {
            events.push({ id: fields.get("id") ?? null, event: fields.get("event") ?? "message", data });
          }
        }
      });
      response.on("error", () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        events,
        comments,
        pause: () => response.pause(),
        resume: () => response.resume(),
        close: () => request.destroy(),
      });
    });
    request.on("error", reject);
  });
