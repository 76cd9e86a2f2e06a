import { describe, expect, it } from "vitest";
import { createEmbeddedRecords } from "../records/embeddedRecords.js";
import { openTables } from "../testing/tables.js";
import { ACCESS_REFRESH_MS, createAccess, LOCAL_ACCESS } from "./access.js";
import { type Scope, SCOPES } from "./accessKey.js";
import { createAccessKey, listAccessKeys, revokeAccessKey } from "./accessKeys.js";

const asking = (headers: Record<string, string>, localAddress?: string) => ({ headers, localAddress });
const bearer = (text: string) => asking({ authorization: `Bearer ${text}` });

const setUp = async (options: { readonly keyless?: "local"; readonly masterKey?: string } = {}) => {
  const records = createEmbeddedRecords(await openTables());
  const clock = { nowMs: 1_000_000 };
  const access = createAccess({
    records,
    now: () => clock.nowMs,
    masterKey: options.masterKey ?? null,
    keyless: options.keyless ?? "nobody",
  });
  const make = (scopes: readonly Scope[], requestsPerSecond: number | null = null) =>
    createAccessKey(records, { name: "a key", scopes, requestsPerSecond }, clock.nowMs);
  return { records, clock, access, make };
};

describe("access", () => {
  it("admits a key for its scopes alone, by either header, and an admin for all", async () => {
    const { access, make } = await setUp();
    const reader = await make(["read"]);
    const admin = await make(["admin"]);
    for (const scope of SCOPES) {
      expect((await access.admit(bearer(reader.text), scope)).kind).toBe(
        scope === "read" ? "admitted" : "forbidden",
      );
      expect(await access.admit(asking({ "x-freshet-key": admin.text }), scope)).toEqual({
        kind: "admitted",
        who: admin.key.id,
      });
    }
  });

  it("refuses what is no key, another's secret under a known id, and no key at all", async () => {
    const { access, make } = await setUp();
    const [a, b] = [await make(["read"]), await make(["read"])];
    const crossed = `${a.text.slice(0, 17)}${b.text.slice(17)}`;
    expect(crossed).not.toBe(a.text);
    for (const text of ["", "x", crossed, `${a.text}x`, a.key.hash, a.text.toUpperCase()]) {
      expect([text, await access.admit(bearer(text), "read")]).toEqual([text, { kind: "unknown" }]);
    }
    expect(await access.admit(asking({}), "read")).toEqual({ kind: "unknown" });
    expect(await access.admit(asking({ authorization: "Basic abc" }), "read")).toEqual({ kind: "unknown" });
  });

  it("knows within the refresh time that a key was revoked, or made", async () => {
    const { access, records, clock, make } = await setUp();
    const { key, text } = await make(["emit"]);
    expect((await access.admit(bearer(text), "emit")).kind).toBe("admitted");
    expect(await revokeAccessKey(records, key.id, clock.nowMs)).toMatchObject({ revokedMs: clock.nowMs });
    const later = await make(["emit"]);
    clock.nowMs += ACCESS_REFRESH_MS;
    expect(await access.admit(bearer(text), "emit")).toEqual({ kind: "unknown" });
    expect((await access.admit(bearer(later.text), "emit")).kind).toBe("admitted");
    expect(await revokeAccessKey(records, "nothing0", 1)).toBeNull();
  });

  it("holds each key to its own rate, and says when to come again", async () => {
    const { access, clock, make } = await setUp();
    const { text } = await make(["read"], 4);
    const other = await make(["read"], 4);
    const kinds = async (key: string, times: number) => {
      const seen = [];
      for (let index = 0; index < times; index++) seen.push((await access.admit(bearer(key), "read")).kind);
      return seen;
    };
    expect(await kinds(text, 5)).toEqual(["admitted", "admitted", "admitted", "admitted", "limited"]);
    expect(await access.admit(bearer(text), "read")).toEqual({ kind: "limited", retryAfterMs: 250 });
    expect(await kinds(other.text, 1)).toEqual(["admitted"]);
    clock.nowMs += 250;
    expect(await kinds(text, 2)).toEqual(["admitted", "limited"]);
  });

  it("lets whoever is on this machine do everything without a key where that is said, but not with a wrong one", async () => {
    const { access } = await setUp({ keyless: "local", masterKey: "from the environment" });
    for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", undefined]) {
      expect(await access.admit(asking({}, address), "admin")).toEqual({ kind: "admitted", who: "local" });
      expect((await LOCAL_ACCESS.admit(asking({}, address), "admin")).kind).toBe("admitted");
    }
    for (const address of ["10.0.0.7", "192.168.1.1", "2001:db8::1", "::ffff:10.0.0.1"]) {
      expect(await access.admit(asking({}, address), "read")).toEqual({ kind: "unknown" });
      expect((await LOCAL_ACCESS.admit(asking({}, address), "read")).kind).toBe("unknown");
    }
    for (const host of ["localhost:4600", "127.0.0.1", "[::1]:80", "LOCALHOST"]) {
      expect((await access.admit(asking({ host }, "127.0.0.1"), "admin")).kind).toBe("admitted");
    }
    const strange = [
      { host: "evil.example" },
      { host: "127.0.0.1.evil.example:4600" },
      { host: "localhost", "x-forwarded-for": "10.0.0.7" },
      { host: "localhost", forwarded: "for=10.0.0.7" },
    ];
    for (const headers of strange) {
      expect(await access.admit(asking(headers, "127.0.0.1"), "read")).toEqual({ kind: "unknown" });
      expect((await LOCAL_ACCESS.admit(asking(headers, "127.0.0.1"), "read")).kind).toBe("unknown");
    }
    expect(await access.admit(bearer("wrong"), "read")).toEqual({ kind: "unknown" });
    expect(await access.admit(asking({ "x-freshet-key": "from the environment" }), "admin")).toEqual({
      kind: "admitted",
      who: "environment",
    });
  });

  it("stores no text of a key, and loses none that are made at once", async () => {
    const { records, make } = await setUp();
    const made = await Promise.all(Array.from({ length: 8 }, () => make(["read"])));
    const stored = JSON.stringify(await listAccessKeys(records));
    for (const { text, key } of made) {
      expect(stored).toContain(key.id);
      expect(stored).not.toContain(text.slice(17));
    }
  });
});
