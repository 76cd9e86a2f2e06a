import { describe, expect, it } from "vitest";
import type { Records } from "./port.js";

/** What every store of small documents must do. */
export const recordsContract = (name: string, open: () => Promise<Records>): void => {
  describe(`${name} keeps the records' contract`, () => {
    it("has nothing at first", async () => {
      const records = await open();
      expect(await records.get("schedule")).toBeNull();
      expect(await records.list("")).toEqual([]);
    });

    it("replaces a document only where its revision is the expected one", async () => {
      const records = await open();
      expect(await records.replace("a", 1, "early")).toBe(false);
      expect(await records.replace("a", 0, { n: 1 })).toBe(true);
      expect(await records.replace("a", 0, { n: 2 })).toBe(false);
      expect(await records.get("a")).toEqual({ revision: 1, value: { n: 1 } });
      expect(
        await records.replace("a", 1, { n: 2, text: "ключ 🙂 __proto__", nothing: null, list: [1, "1"] }),
      ).toBe(true);
      expect(await records.get("a")).toEqual({
        revision: 2,
        value: { n: 2, text: "ключ 🙂 __proto__", nothing: null, list: [1, "1"] },
      });
    });

    it("lets exactly one of many win who replace the same revision at once", async () => {
      const records = await open();
      for (let revision = 0; revision < 20; revision++) {
        const outcomes = await Promise.all(
          Array.from({ length: 10 }, (_, writer) => records.replace("a", revision, writer)),
        );
        expect(outcomes.filter(Boolean)).toHaveLength(1);
        expect(await records.get("a")).toEqual({ revision: revision + 1, value: outcomes.indexOf(true) });
      }
    });

    it("lists by prefix, in byte order, and no more of what was removed", async () => {
      const records = await open();
      for (const name of ["landing/b", "landing/a", "landing0", "landing", "checkpoint/a", "ключ/1"]) {
        await records.replace(name, 0, name);
      }
      const names = async (prefix: string) => (await records.list(prefix)).map((entry) => entry.name);
      expect(await names("landing/")).toEqual(["landing/a", "landing/b"]);
      expect(await names("landing")).toEqual(["landing", "landing/a", "landing/b", "landing0"]);
      expect(await names("ключ")).toEqual(["ключ/1"]);
      expect(await names("")).toHaveLength(6);
      expect((await records.list("landing/"))[0]?.document).toEqual({ revision: 1, value: "landing/a" });
      await records.remove("landing/a");
      await records.remove("landing/a");
      expect(await names("landing/")).toEqual(["landing/b"]);
      expect(await records.get("landing/a")).toBeNull();
    });

    it("keeps a large document whole", async () => {
      const records = await open();
      const value = Array.from({ length: 20_000 }, (_, index) => `entry ${index}`);
      await records.replace("large", 0, value);
      expect((await records.get("large"))?.value).toEqual(value);
    });

    it("refuses a name that no store takes", async () => {
      const records = await open();
      await expect(records.replace("", 0, 1)).rejects.toThrow();
      await expect(records.replace("a\u0000b", 0, 1)).rejects.toThrow();
      await expect(records.replace("x".repeat(5000), 0, 1)).rejects.toThrow();
    });
  });
};
