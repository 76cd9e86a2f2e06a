import { type Access, createAccess, listAccessKeys, type Records } from "@freshet/storage";
import { Failure } from "../output/failure.js";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);
/** Holds a key that allows everything. */
const MASTER_KEY = "FRESHET_KEY";

interface Reach {
  readonly host: string;
  readonly trustProxy?: string;
}

/**
 * Who may use a server on `host`: on loopback whoever is on this machine, unless FRESHET_KEY is set or a proxy stands before
 * it; else whoever has a key.
 * @throws Failure when keys are needed and there is none
 */
export const openAccess = async (records: Records, { host, trustProxy }: Reach): Promise<Access> => {
  const masterKey = process.env[MASTER_KEY] || null;
  const isOpen = LOOPBACK.has(host) && masterKey === null && trustProxy === undefined;
  const keyless = isOpen ? "local" : "nobody";
  if (keyless === "nobody" && masterKey === null) {
    const standing = (await listAccessKeys(records)).filter(({ revokedMs }) => revokedMs === null);
    if (standing.length === 0) {
      throw new Failure(
        `${trustProxy === undefined ? `listening on ${host}` : "a server behind a proxy"} needs a key: make one (\`freshet keys create NAME --scopes read,emit\`), or set ${MASTER_KEY}.`,
      );
    }
  }
  return createAccess({ records, now: Date.now, masterKey, keyless });
};
