import type { ShardId } from "@freshet/model";
import { StorageError } from "../../errors.js";
import type { Records } from "../../records/port.js";
import { IDENTITY_RECORD, type LogCreation, newIdentity, refuseOther } from "../identity.js";
import type { LogIdentity } from "../port.js";
import type { StreamFacts } from "./describeStream.js";

/**
 * What the table says of the stream, or what it says from now on. Of a table that belongs to another stream, the identity of this one
 * comes back: who opens the store compares them, and refuses.
 */
export const fixIdentity = async (
  records: Records,
  stream: string,
  { id, createdMs }: StreamFacts,
  roster: readonly ShardId[],
  create: LogCreation | undefined,
  expected: Partial<LogCreation>,
): Promise<LogIdentity> => {
  const standing = (await records.get<LogIdentity>(IDENTITY_RECORD))?.value;
  if (standing && standing.id !== id) return { ...standing, id, createdMs, roster };
  if (!standing && !create)
    throw new StorageError(
      "missing",
      `no log was begun on the stream ${stream} yet; begin one with \`freshet dev\` or \`freshet speed\``,
    );
  if (!standing && create)
    await records.replace(IDENTITY_RECORD, 0, newIdentity(create, roster, id, createdMs));
  const identity = standing ?? (await records.get<LogIdentity>(IDENTITY_RECORD))?.value;
  if (!identity)
    throw new StorageError("unavailable", `the identity of the log on ${stream} could not be kept`);
  refuseOther(identity, expected, `on the stream ${stream}`, "begin with a new stream and a new table");
  return identity;
};
