import type { Command } from "commander";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { type LetterOptions, letterFilter, withLetterOptions } from "../wiring/letterFilter.js";
import { catchUp, openLine } from "../wiring/line.js";
import { withCommonOptions } from "../wiring/options.js";

/** `freshet dead-letters`: what could not be counted, and why. */
export const registerDeadLetters = (program: Command): void => {
  withLetterOptions(withCommonOptions(program.command("dead-letters")))
    .description("events that could not be counted, with reason and position")
    .action(async (options: LetterOptions) => {
      const line = await openLine(options);
      try {
        await catchUp(line);
        const [found, total] = await Promise.all([
          line.data.deadLetters.search(letterFilter(options)),
          line.data.deadLetters.count(),
        ]);
        const letters = found.letters.map(({ body, arrivalMs, timeMs, replay, ...letter }) => ({
          ...letter,
          replay: replay && { id: replay.id, at: new Date(replay.atMs).toISOString() },
          arrival: new Date(arrivalMs).toISOString(),
          time: timeMs === null ? null : new Date(timeMs).toISOString(),
          body: Buffer.from(body).toString("utf8"),
        }));
        createOutput(options.json, process, Date.now).result({ total, letters, next: found.next }, () =>
          letters.length === 0
            ? `No dead letters${total > 0 ? ` match (${total} in all)` : ""}.`
            : table(
                ["arrival", "reason", "detail", "type", "id", "shard"],
                letters.map((one) => [one.arrival, one.reason, one.detail, one.type, one.id, one.shard]),
              ),
        );
      } finally {
        await line.close();
      }
    });
};
