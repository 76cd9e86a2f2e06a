import type { Records } from "../records/port.js";
import { type AccessKey, allows, hashOfKey, idOfKeyText, sameHash, type Scope } from "./accessKey.js";
import { listAccessKeys } from "./accessKeys.js";
import { createRateLimit, type RateLimit } from "./rateLimit.js";

/** Whether a request may pass, and who it is then: a key's id, `environment` or `local`. */
export type Admission =
  | { readonly kind: "admitted"; readonly who: string }
  /** No key where one is needed, or none that stands. */
  | { readonly kind: "unknown" }
  | { readonly kind: "forbidden"; readonly needs: Scope }
  | { readonly kind: "limited"; readonly retryAfterMs: number };

/** What of a request decides. */
export interface Asking {
  /** With lower-case names: `authorization: Bearer KEY`, or `x-freshet-key: KEY`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The address of this machine that it reached; undefined inside the process. */
  readonly localAddress: string | undefined;
}

export interface Access {
  admit(asking: Asking, scope: Scope): Promise<Admission>;
}

export interface AccessOptions {
  readonly records: Records;
  readonly now: () => number;
  /** A key that allows everything and is never stored, such as one from the environment. */
  readonly masterKey: string | null;
  /** Who needs no key and may do everything; one that is sent must stand all the same. */
  readonly keyless: "local" | "nobody";
}

/** A key that is made or revoked is known everywhere after this. */
export const ACCESS_REFRESH_MS = 5_000;
const BEARER = /^Bearer +(\S+)$/i;

const LOCAL_NAME = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/** By this machine's own address and under its own name: not for a page whose name was bent to it, nor through a proxy. */
const isLocal = ({ headers, localAddress }: Asking): boolean => {
  const { host, forwarded, "x-forwarded-for": forwardedFor } = headers;
  const address = localAddress ?? "::1";
  return (
    (address === "::1" || /^(::ffff:)?127\./.test(address)) &&
    (host === undefined || (typeof host === "string" && LOCAL_NAME.test(host))) &&
    forwarded === undefined &&
    forwardedFor === undefined
  );
};

const keyTextOf = ({ headers }: Asking): string | null => {
  const plain = headers["x-freshet-key"];
  if (typeof plain === "string") return plain;
  const { authorization } = headers;
  return typeof authorization === "string" ? (BEARER.exec(authorization)?.[1] ?? authorization) : null;
};

/** Whoever reaches this machine by its own loopback address may do everything; nobody else may do anything. */
export const LOCAL_ACCESS: Access = {
  admit: async (asking) => (isLocal(asking) ? { kind: "admitted", who: "local" } : { kind: "unknown" }),
};

export const createAccess = (options: AccessOptions): Access => {
  const { records, now } = options;
  const master = options.masterKey === null ? null : hashOfKey(options.masterKey);
  const limits = new Map<string, RateLimit>();
  let keys = new Map<string, AccessKey>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  const read = async (): Promise<void> => {
    const stored = await listAccessKeys(records);
    keys = new Map(stored.map((key) => [key.id, key]));
    readAtMs = now();
  };
  /** Old keys stand while newer ones cannot be read for a moment; at first they must be. */
  const refresh = async (): Promise<void> => {
    if (now() - readAtMs < ACCESS_REFRESH_MS) return;
    reading ??= read().finally(() => {
      reading = null;
    });
    if (readAtMs === Number.NEGATIVE_INFINITY) await reading;
    else await reading.catch(() => undefined);
  };
  const limitOf = ({ id }: AccessKey, perSecond: number): RateLimit => {
    const limit = limits.get(id) ?? createRateLimit(perSecond);
    limits.set(id, limit);
    return limit;
  };

  return {
    async admit(asking, scope) {
      const text = keyTextOf(asking);
      if (text === null) {
        const free = options.keyless === "local" && isLocal(asking);
        return free ? { kind: "admitted", who: "local" } : { kind: "unknown" };
      }
      const hash = hashOfKey(text);
      if (master !== null && sameHash(hash, master)) return { kind: "admitted", who: "environment" };
      const id = idOfKeyText(text);
      if (id === null) return { kind: "unknown" };
      await refresh();
      const key = keys.get(id);
      if (!key || key.revokedMs !== null || !sameHash(hash, key.hash)) return { kind: "unknown" };
      if (!allows(key.scopes, scope)) return { kind: "forbidden", needs: scope };
      const waitMs = key.requestsPerSecond === null ? 0 : limitOf(key, key.requestsPerSecond).take(now());
      return waitMs === 0 ? { kind: "admitted", who: id } : { kind: "limited", retryAfterMs: waitMs };
    },
  };
};
