import { type Books, openBooks } from "@freshet/serving-layer";
import { type Line, openLine } from "./line.js";
import type { CommonOptions } from "./options.js";

/** Opens the data directory and asks how well live and batch agree. */
export const withBooks = async <T>(
  options: CommonOptions,
  ask: (books: Books, line: Line) => Promise<T>,
): Promise<T> => {
  const line = await openLine(options);
  try {
    const books = await openBooks({ data: line.data, duckdb: await line.duckdb(), now: line.data.now });
    try {
      return await ask(books, line);
    } finally {
      await books.close();
    }
  } finally {
    await line.close();
  }
};
