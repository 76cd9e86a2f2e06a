/** Where a run says what it does; pino's shape. */
export interface RunLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
