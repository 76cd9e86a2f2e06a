import type { DeadLetterFilter, StoredLetter } from "./port.js";

/** All that a filter asks but the arrival, which is the order in which letters are kept. */
export const matches = (
  letter: StoredLetter,
  { reason, type, text, replayed }: DeadLetterFilter,
): boolean => {
  if (replayed !== undefined && (letter.replay !== null) !== replayed) return false;
  if (reason !== undefined && letter.reason !== reason) return false;
  if (type !== undefined && letter.type !== type) return false;
  if (text === undefined) return true;
  const wanted = text.toLowerCase();
  return [letter.detail, letter.id ?? "", letter.type ?? "", Buffer.from(letter.body).toString("utf8")].some(
    (field) => field.toLowerCase().includes(wanted),
  );
};
