import { createReader, type Reader } from "@freshet/serving-layer";
import { catchUp, type Line, openLine } from "./line.js";
import type { CommonOptions } from "./options.js";

/** Opens the data directory, folds what is not folded yet, and asks. */
export const withReader = async <T>(
  options: CommonOptions,
  ask: (reader: Reader, line: Line) => Promise<T>,
): Promise<T> => {
  const line = await openLine(options);
  try {
    await catchUp(line);
    const reader = await createReader({
      data: line.data,
      duckdb: await line.duckdb(),
      logger: line.logger,
      now: line.data.now,
    });
    try {
      return await ask(reader, line);
    } finally {
      await reader.close();
    }
  } finally {
    await line.close();
  }
};
