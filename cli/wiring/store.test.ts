import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { storeOf } from "./store.js";

const fileWith = async (text: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "freshet-store-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "store.json");
  await writeFile(path, text);
  return path;
};

it("takes the option before the variable before the data directory, and folders from where the file stands", async () => {
  const file = await fileWith('{"kind":"directory","dir":"kept"}');
  const fromFile = { kind: "directory", dir: join(file, "../kept") };
  const variable = { FRESHET_STORE: '{"kind":"directory","dir":"elsewhere"}' };
  expect(await storeOf({ store: file, data: "d" }, variable)).toEqual(fromFile);
  expect(await storeOf({ data: "d" }, variable)).toEqual({ kind: "directory", dir: resolve("elsewhere") });
  expect(await storeOf({ data: "d" }, { FRESHET_STORE: file })).toEqual(fromFile);
  expect(await storeOf({ data: "d" }, { FRESHET_STORE: "" })).toEqual({
    kind: "directory",
    dir: resolve("d"),
  });
});

it("puts a spool's folder and the local one where the file stands too", async () => {
  const aws = { kind: "aws", region: "r", stream: "s", table: "t", bucket: "b", localDir: "local" };
  const file = await fileWith(JSON.stringify({ ...aws, spool: { kind: "disk", dir: "spool" } }));
  expect(await storeOf({ store: file, data: "d" }, {})).toMatchObject({
    localDir: join(file, "../local"),
    spool: { kind: "disk", dir: join(file, "../spool") },
  });
});

it("names the file that is not there or does not fit", async () => {
  await expect(storeOf({ store: "no/such.json", data: "d" }, {})).rejects.toThrow("no/such.json");
  const file = await fileWith('{"kind":"aws"}');
  await expect(storeOf({ store: file, data: "d" }, {})).rejects.toMatchObject({
    message: expect.stringContaining(file),
    exitCode: 2,
  });
});
