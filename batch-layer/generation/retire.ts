import type { DataDirectory } from "@freshet/storage";
import type { Logger } from "pino";

export const retire = async (_options: {
  readonly data: DataDirectory;
  readonly logger: Logger;
  readonly keep: number;
}): Promise<void> => {};
