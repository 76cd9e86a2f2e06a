import { randomUUID } from "node:crypto";
import type { HandlerOptions } from "@freshet/speed-layer";
import { openAwsLine, parseStoreConfig } from "@freshet/storage";

const STORE = "FRESHET_STORE";

/** What both functions need: the store that the function's environment names, as the commands take it. */
export const functionOptions = (
  environment: Readonly<Record<string, string | undefined>>,
): HandlerOptions => ({
  open: async () => {
    const store = parseStoreConfig(environment[STORE] ?? "", STORE);
    if (store.kind !== "aws")
      throw new TypeError(`${STORE} names a directory: a function keeps nothing there`);
    return openAwsLine(store);
  },
  now: Date.now,
  report: (event) => console.log(JSON.stringify(event)),
  writer: randomUUID().replaceAll("-", ""),
});
