import { type AppDocument, type Schedule, SCHEDULE } from "@freshet/model";
import type { Records } from "@freshet/storage";
import { EXIT, Failure } from "../output/failure.js";

const REFRESH_MS = 5_000;

/** The newest published app, looked up again every few seconds. @throws Failure when none is published. */
export const currentApp = async (records: Records): Promise<() => AppDocument> => {
  const read = async (): Promise<AppDocument | null> => {
    const schedule = await records.get<Schedule>(SCHEDULE);
    return schedule?.value.revisions.at(-1)?.app ?? null;
  };
  let app = await read();
  if (app === null) {
    throw new Failure(
      "no app is published in this data directory yet: start `freshet speed` or `freshet dev` once.",
      EXIT.refused,
    );
  }
  let readAtMs = Date.now();
  return () => {
    if (Date.now() - readAtMs > REFRESH_MS) {
      readAtMs = Date.now();
      read().then(
        (next) => {
          app = next ?? app;
        },
        () => undefined,
      );
    }
    return app as AppDocument;
  };
};
