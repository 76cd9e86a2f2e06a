import { existsSync } from "node:fs";
import { repositoryFile } from "./freshet.js";

/** Real data that lies beside the repository and is not ours to ship; null where it is absent. */
export const sharedData = (name: string): string | null => {
  const path = repositoryFile(`../shared/data/${name}`);
  return existsSync(path) ? path : null;
};
