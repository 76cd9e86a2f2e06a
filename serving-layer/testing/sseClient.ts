import { get, type IncomingHttpHeaders } from "node:http";
import { applyChange, type LiveChange } from "@freshet/client";
import type { LiveAnswer } from "../reader/reader.js";

export interface SseEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** A client that keeps what it was sent, and can stop reading. */
export interface SseClient {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
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
        headers: response.headers,
        events,
        comments,
        pause: () => response.pause(),
        resume: () => response.resume(),
        close: () => request.destroy(),
      });
    });
    request.on("error", reject);
  });

/** Each answer that a stream has told, made whole. @throws Error for a change of another answer than the one before it. */
export const answersOf = <Answer extends LiveAnswer>(
  events: readonly SseEvent[],
  held: { readonly id: string; readonly answer: Answer } | null = null,
): readonly Answer[] => {
  let last = held;
  return events.map(({ id, event, data }) => {
    const value: unknown = JSON.parse(data);
    if (event === "change" && last?.id !== (value as LiveChange).of)
      throw new Error("a change of what is not held");
    const answer =
      event === "change" && last ? applyChange(last.answer, value as LiveChange) : (value as Answer);
    last = { id: id ?? "", answer };
    return answer;
  });
};
