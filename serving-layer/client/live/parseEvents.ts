export interface ServerSentEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** An event that is longer is not one of this API's. */
const EVENT_CHARS_MAX = 64 * 1024 * 1024;

const eventOf = (block: string): ServerSentEvent | null => {
  let id: string | null = null;
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "id") id = value;
    else if (field === "event") event = value;
    else if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { id, event, data: data.join("\n") };
};

/**
 * Takes text as it comes and gives back whole events; comments are only a sign of life.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream, with line ends as this server writes them.
 */
export const createEventParser = (): ((text: string) => ServerSentEvent[]) => {
  let rest = "";
  return (text) => {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    if (rest.length > EVENT_CHARS_MAX) throw new Error("an event without an end");
    return blocks.flatMap((block) => eventOf(block) ?? []);
  };
};
