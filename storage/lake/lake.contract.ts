import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Lake } from "./port.js";

const bytes = (text: string): Buffer => Buffer.from(text);

/** What every lake must do. */
export const lakeContract = (name: string, open: () => Promise<Lake>): void => {
  describe(`${name} keeps the lake's contract`, () => {
    it("gives back what was put, whole or a range of it", async () => {
      const lake = await open();
      const content = Uint8Array.from({ length: 1000 }, (_, index) => index % 256);
      await lake.put("bodies/a-1", content);
      await lake.put("bodies/empty", new Uint8Array(0));
      expect(Buffer.compare(await lake.get("bodies/a-1"), content)).toBe(0);
      expect((await lake.get("bodies/empty")).length).toBe(0);
      for (const range of [
        { offset: 0, length: 1 },
        { offset: 255, length: 300 },
        { offset: 999, length: 1 },
        { offset: 5, length: 0 },
      ]) {
        expect([...(await lake.get("bodies/a-1", range))]).toEqual([
          ...content.slice(range.offset, range.offset + range.length),
        ]);
      }
    });

    it("says that a file is missing, and that one is shorter than the range asked for", async () => {
      const lake = await open();
      await lake.put("a", bytes("abc"));
      for (const action of [
        () => lake.get("b"),
        () => lake.get("a/b"),
        () => lake.get("b", { offset: 0, length: 1 }),
        () => lake.local("b"),
        () => lake.settle("b"),
      ]) {
        await expect(action()).rejects.toMatchObject({
          kind: "missing",
          message: expect.stringContaining("b"),
        });
      }
      await expect(lake.get("a", { offset: 1, length: 3 })).rejects.toMatchObject({ kind: "corrupt" });
    });

    it("takes the same content twice under a path, and refuses to change it", async () => {
      const lake = await open();
      await lake.put("a", bytes("abc"));
      await lake.put("a", bytes("abc"));
      await expect(lake.put("a", bytes("abd"))).rejects.toMatchObject({ kind: "mismatch" });
      const local = await lake.scratch("txt");
      await writeFile(local, "other");
      await expect(lake.publish(local, "a")).rejects.toMatchObject({ kind: "mismatch" });
      expect(Buffer.from(await lake.get("a")).toString()).toBe("abc");
    });

    it("publishes a finished local file, which is then there to read locally", async () => {
      const lake = await open();
      const local = await lake.scratch("parquet");
      expect(await lake.scratch("parquet")).not.toBe(local);
      await writeFile(local, "content");
      expect(await lake.list("")).toEqual([]);
      await lake.publish(local, "raw/hour=2024010100/000-1.parquet");
      expect(await lake.list("")).toEqual(["raw/hour=2024010100/000-1.parquet"]);
      expect(await readFile(await lake.local("raw/hour=2024010100/000-1.parquet"), "utf8")).toBe("content");
      const again = await lake.scratch("parquet");
      await writeFile(again, "content");
      await lake.publish(again, "raw/hour=2024010100/000-1.parquet");
    });

    it("settles what lies at its path, as often as it is asked", async () => {
      const lake = await open();
      await lake.put("generations/spark/1/a", bytes("abc"));
      await lake.settle("generations/spark/1/a");
      await lake.settle("generations/spark/1/a");
      expect(Buffer.from(await lake.get("generations/spark/1/a")).toString()).toBe("abc");
    });

    it("lists paths below a prefix in byte order, and no more of what was removed", async () => {
      const lake = await open();
      const paths = [
        "raw/hour=2024010100/b",
        "raw/hour=2024010100/a",
        "raw/hour=2024010101/a",
        "raw-2/a",
        "raw",
        "Raw",
        "generations/1",
      ];
      for (const path of paths.filter((path) => path !== "raw")) await lake.put(path, bytes(path));
      expect(await lake.list("")).toEqual(paths.filter((path) => path !== "raw").sort());
      expect(await lake.list("raw/")).toEqual([
        "raw/hour=2024010100/a",
        "raw/hour=2024010100/b",
        "raw/hour=2024010101/a",
      ]);
      expect(await lake.list("raw/hour=2024010100")).toHaveLength(2);
      expect(await lake.list("raw")).toHaveLength(4);
      expect(await lake.list("raw/hour=2024010100/b")).toEqual(["raw/hour=2024010100/b"]);
      expect(await lake.list("none/")).toEqual([]);
      await lake.remove("raw/hour=2024010100/a");
      await lake.remove("raw/hour=2024010100/a");
      expect(await lake.list("raw/hour=2024010100/")).toEqual(["raw/hour=2024010100/b"]);
    });

    it("refuses paths that climb, hide, begin at the root or hold strange characters", async () => {
      const lake = await open();
      const bad = [
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        ".",
        "a/.hidden",
        ".scratch/x",
        "a b",
        "a\\b",
        "ключ",
        "a\u0000",
        "a:b",
        "x".repeat(2000),
      ];
      for (const path of bad) {
        await expect(lake.put(path, bytes("x")), path).rejects.toMatchObject({ kind: "invalid" });
        await expect(lake.get(path), path).rejects.toMatchObject({ kind: "invalid" });
        await expect(lake.remove(path), path).rejects.toMatchObject({ kind: "invalid" });
        await expect(lake.local(path), path).rejects.toMatchObject({ kind: "invalid" });
        if (path !== "" && path !== "a/")
          await expect(lake.list(path), path).rejects.toMatchObject({ kind: "invalid" });
      }
      await expect(lake.scratch("../x")).rejects.toMatchObject({ kind: "invalid" });
      expect(await lake.list("")).toEqual([]);
    });

    it("shows readers all of a file or nothing of it, while many are written", async () => {
      const lake = await open();
      const FILES = 30;
      const content = Buffer.alloc(200_000, "x");
      let partial = 0;
      let read = 0;
      let writing = true;
      const reader = (async () => {
        while (writing) {
          for (const path of await lake.list("files/")) {
            read += 1;
            if (Buffer.compare(await lake.get(path), content) !== 0) partial += 1;
          }
        }
      })();
      for (let index = 0; index < FILES || (read <= FILES && index < 10 * FILES); index++)
        await lake.put(`files/${index}`, content);
      writing = false;
      await reader;
      expect(partial).toBe(0);
      expect(read).toBeGreaterThan(FILES);
    });
  });
};
