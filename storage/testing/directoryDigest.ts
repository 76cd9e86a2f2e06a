import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { filesBelow } from "../directory/filesBelow.js";

/** Every file's path and content, LMDB's lock files left out. */
export const directoryDigest = async (dir: string): Promise<readonly (readonly [string, string])[]> => {
  const paths = (await filesBelow(dir)).filter((path) => !path.endsWith("lock.mdb"));
  return Promise.all(
    paths.map(
      async (path) =>
        [
          path,
          createHash("sha256")
            .update(await readFile(join(dir, path)))
            .digest("hex"),
        ] as const,
    ),
  );
};
