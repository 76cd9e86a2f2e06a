import { type Access, createAccess, listAccessKeys, type Records } from "@freshet/storage";
import { Failure } from "../output/failure.js";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);
/** Holds a key that allows everything. */
const MASTER_KEY = "FRESHET_KEY";

/**
 * Who may use a server on `host`: on loopback anybody, unless FRESHET_KEY is set; beyond it whoever has a key.
 * @throws Failure when keys are needed and there is none
 */
export const openAccess = async (records: Records, host: string): Promise<Access> => {
  const masterKey = process.env[MASTER_KEY] || null;
  const keyless = LOOPBACK.has(host) && masterKey === null ? "local" : "nobody";
  if (keyless === "nobody" && masterKey === null) {
    const standing = (await listAccessKeys(records)).filter(({ revokedMs }) => revokedMs === null);
    if (standing.length === 0) {
      throw new Failure(
        `listening on ${host} needs a key: make one (\`freshet keys create NAME --scopes read,emit\`), set ${MASTER_KEY}, or listen on 127.0.0.1.`,
      );
    }
  }
  return createAccess({ records, now: Date.now, masterKey, keyless });
};
