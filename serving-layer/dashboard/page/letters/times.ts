const at = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** A letter may be of any day: the day is always said. */
export const arrivalText = (iso: string): string => at.format(new Date(iso));
