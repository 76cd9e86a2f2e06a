import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { entriesOf, frameOf } from "./frame.js";
import { spoolContract } from "./spool.contract.js";
import { openSpool, type Spool } from "./spool.js";

const aDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "freshet-spool-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (entry: Uint8Array): string => new TextDecoder().decode(entry);

const drained = async (spool: Spool): Promise<string[]> => {
  const texts: string[] = [];
  for (let segment = await spool.oldest(); segment; segment = await spool.oldest()) {
    texts.push(...segment.entries.map(textOf));
    await segment.remove();
  }
  return texts;
};

describe("a spool", () => {
  it("gives back what was put in, in order, over files and restarts, and then is empty", async () => {
    const directory = await aDirectory();
    const long = "x".repeat(100_000);
    const first = await openSpool({ directory });
    for (let n = 0; n < 30; n++)
      expect(await first.append([bytesOf(`${n} ${long}`), bytesOf(`${n} b`)])).toBe(true);
    await first.close();
    expect((await readdir(directory)).length).toBeGreaterThan(2);
    const second = await openSpool({ directory });
    await second.append([bytesOf("last")]);
    const expected = Array.from({ length: 30 }, (_, n) => [`${n} ${long}`, `${n} b`]).flat();
    expect(await drained(second)).toEqual([...expected, "last"]);
    expect(second.bytes).toBe(0);
    await second.close();
    expect(await readdir(directory)).toEqual([]);
  });

  it("takes all of an append or, when there is no room, none", async () => {
    const spool = await openSpool({ directory: await aDirectory(), bytesMax: 100 });
    expect(await spool.append([bytesOf("x".repeat(80))])).toBe(true);
    expect(await spool.append([bytesOf("y"), bytesOf("z")])).toBe(false);
    expect(await spool.append([bytesOf("y")])).toBe(true);
    expect(await drained(spool)).toEqual(["x".repeat(80), "y"]);
    expect(await spool.append([bytesOf("z".repeat(80))])).toBe(true);
    await spool.close();
  });

  spoolContract({
    isOrdered: true,
    prepare: async (bytesMax) => {
      const directory = await aDirectory();
      return { open: () => openSpool({ directory, bytesMax }) };
    },
  });

  it("reads what is whole of a file that was cut off or damaged anywhere", async () => {
    const entries = ["", "one", "zwei", "trois".repeat(3)];
    const frames = entries.map((entry) => frameOf(bytesOf(entry)));
    const whole = Buffer.concat(frames);
    const wholeBefore = (end: number): string[] => {
      let at = 0;
      return entries.filter((_, index) => (at += (frames[index] as Buffer).length) <= end);
    };
    for (let end = 0; end <= whole.length; end++)
      expect(entriesOf(whole.subarray(0, end)).map(textOf), `cut at ${end}`).toEqual(wholeBefore(end));
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      const read = entriesOf(damaged).map(textOf);
      expect(read, `damaged at ${at}`).toEqual(entries.slice(0, read.length));
      expect(read.length, `damaged at ${at}`).toBeLessThan(entries.length);
    }
  });

  it("has what came before when its last write was cut off, and takes more", async () => {
    const directory = await aDirectory();
    const spool = await openSpool({ directory });
    await spool.append([bytesOf("kept"), bytesOf("cut off")]);
    await spool.close();
    const [name = ""] = await readdir(directory);
    const path = join(directory, name);
    await truncate(path, (await readFile(path)).length - 3);
    const again = await openSpool({ directory });
    await again.append([bytesOf("after")]);
    expect(await drained(again)).toEqual(["kept", "after"]);
    await again.close();
  });

  it("is one process' own, until that has died", async () => {
    const directory = await aDirectory();
    await writeFile(join(directory, "owner.pid"), String(process.ppid));
    await expect(openSpool({ directory })).rejects.toThrow(`process ${process.ppid}'s`);
    await writeFile(join(directory, "owner.pid"), "999999999");
    await (await openSpool({ directory })).close();
  });

  it("has everything that was acknowledged when its process is killed", async () => {
    const built = new URL("../dist/node/index.js", import.meta.url).href;
    const writer = `
      import { openSpool } from ${JSON.stringify(built)};
      const spool = await openSpool({ directory: process.argv[1] });
      for (let n = 0; ; n++) {
        const entries = Array.from({ length: 5 }, (_, k) => Buffer.from(n + "." + k + " ".repeat(200)));
        await spool.append(entries);
        process.stdout.write(n + "\\n");
      }`;
    for (let round = 0; round < 3; round++) {
      const directory = await aDirectory();
      const child = spawn(process.execPath, ["--input-type=module", "-e", writer, directory]);
      let said = "";
      child.stdout.setEncoding("utf8");
      while (said.split("\n").length < 200 * (round + 1)) {
        const [text] = await once(child.stdout, "data");
        said += text;
      }
      child.kill("SIGKILL");
      child.stdout.on("data", (text: string) => (said += text));
      await once(child, "close");
      const acknowledged = said.split("\n").slice(0, -1).map(Number);
      const spool = await openSpool({ directory });
      const found = new Set((await drained(spool)).map((text) => text.trim()));
      await spool.close();
      expect(acknowledged.length).toBeGreaterThan(100);
      for (const n of acknowledged)
        for (let k = 0; k < 5; k++) expect(found.has(`${n}.${k}`), `${n}.${k}`).toBe(true);
    }
  });
});
