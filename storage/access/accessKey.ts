import { createHash, timingSafeEqual } from "node:crypto";

/** What a key allows. `admin` allows everything. */
export const SCOPES = ["emit", "read", "sql", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A key as it is stored: its text is shown once, when it is made. */
export interface AccessKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: no limit. */
  readonly requestsPerSecond: number | null;
  /** SHA-256 of the whole text, hex. */
  readonly hash: string;
  readonly createdMs: number;
  readonly revokedMs: number | null;
}

/*
 * freshet_ID_SECRET. The id is no secret: it names the key in lists, audits and logs. The secret has 256 bits,
 * so that a fast hash of it cannot be turned back.
 */
const TEXT = /^freshet_([0-9a-z]{8})_[0-9A-Za-z_-]{43}$/;

export const textOfKey = (id: string, secret: Uint8Array): string =>
  `freshet_${id}_${Buffer.from(secret).toString("base64url")}`;

/** Null for what no key of ours looks like. */
export const idOfKeyText = (text: string): string | null => TEXT.exec(text)?.[1] ?? null;

export const hashOfKey = (text: string): string => createHash("sha256").update(text).digest("hex");

/** In the same time whatever differs. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export const allows = (scopes: readonly Scope[], scope: Scope): boolean =>
  scopes.includes(scope) || scopes.includes("admin");
