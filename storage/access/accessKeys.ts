import { randomBytes } from "node:crypto";
import { StorageError } from "../errors.js";
import type { Records } from "../records/port.js";
import { type AccessKey, hashOfKey, type Scope, textOfKey } from "./accessKey.js";

const RECORD = "access-keys";
const KEYS_MAX = 1_000;
const ID_BYTES = 5;
const SECRET_BYTES = 32;
const ATTEMPTS_MAX = 20;
const BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz";

/** The keys of a data directory or prefix, revoked ones too, oldest first. */
export const listAccessKeys = async (records: Records): Promise<readonly AccessKey[]> =>
  (await records.get<readonly AccessKey[]>(RECORD))?.value ?? [];

const change = async <T>(
  records: Records,
  by: (keys: readonly AccessKey[]) => { readonly keys: readonly AccessKey[]; readonly result: T },
): Promise<T> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const stored = await records.get<readonly AccessKey[]>(RECORD);
    const { keys, result } = by(stored?.value ?? []);
    if (await records.replace(RECORD, stored?.revision ?? 0, keys)) return result;
  }
  throw new StorageError("in_use", "the access keys are being changed by others: try again");
};

const newId = (): string => {
  let bits = BigInt(`0x${randomBytes(ID_BYTES).toString("hex")}`);
  let id = "";
  for (let index = 0; index < 8; index++) {
    id += BASE_32[Number(bits & 31n)];
    bits >>= 5n;
  }
  return id;
};

export interface NewAccessKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly requestsPerSecond: number | null;
}

/** Makes a key. The text is nowhere else: only its hash is stored. @throws StorageError when there are too many. */
export const createAccessKey = (
  records: Records,
  wanted: NewAccessKey,
  nowMs: number,
): Promise<{ readonly key: AccessKey; readonly text: string }> =>
  change(records, (keys) => {
    if (keys.length >= KEYS_MAX)
      throw new StorageError(
        "invalid",
        `there are ${KEYS_MAX} access keys, revoked ones too: no more can be made`,
      );
    const id = newId();
    const text = textOfKey(id, randomBytes(SECRET_BYTES));
    const key: AccessKey = { ...wanted, id, hash: hashOfKey(text), createdMs: nowMs, revokedMs: null };
    return { keys: [...keys, key], result: { key, text } };
  });

/** Null where no key has the id. A key that was revoked before keeps its time. */
export const revokeAccessKey = (records: Records, id: string, nowMs: number): Promise<AccessKey | null> =>
  change(records, (keys) => {
    const revoke = (key: AccessKey): AccessKey =>
      key.id === id && key.revokedMs === null ? { ...key, revokedMs: nowMs } : key;
    const changed = keys.map(revoke);
    return { keys: changed, result: changed.find((key) => key.id === id) ?? null };
  });
