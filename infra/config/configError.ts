/** A deployment that cannot be: says of which file, where in it, and what would be right. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(
    readonly origin: string,
    readonly faults: readonly string[],
  ) {
    super(`${origin}: ${faults.join("; ")}`);
  }
}
