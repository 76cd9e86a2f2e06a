import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { openLog, readAll, text } from "../testing/embeddedLog.js";
import { compiled, startProgram, threadExit } from "../testing/program.js";
import { temporaryDirectory } from "../testing/temporaryDirectory.js";

describe("the embedded log, in several processes", () => {
  it("is one log for a second process and two worker threads that write to it at once", {
    timeout: 30_000,
  }, async () => {
    const dir = await temporaryDirectory();
    const log = await openLog(dir);
    const EACH = 1000;
    const other = await startProgram("appendSome", [dir, "process", String(EACH)]);
    const program = await compiled("appendSome");
    const threads = ["thread1", "thread2"].map((name) =>
      threadExit(new Worker(program, { argv: [dir, name, String(EACH)] })),
    );
    for (let index = 0; index < EACH; index++) {
      await log.append([{ partitionKey: "here", data: Buffer.from(`here ${index}`) }]);
    }
    expect(await Promise.all(threads)).toEqual([0, 0]);
    expect(await other.exit).toEqual({ code: 0, signal: null, errors: "" });
    const records = await readAll(log);
    expect(new Set(records.map((record) => record.sequence)).size).toBe(4 * EACH);
    for (const name of ["here", "process", "thread1", "thread2"]) {
      const own = records.filter((record) => record.partitionKey === name).map(text);
      expect(own).toEqual(Array.from({ length: EACH }, (_, index) => `${name} ${index}`));
    }
  });

  it("wakes a waiting reader soon after an append by another process", async () => {
    const dir = await temporaryDirectory();
    const log = await openLog(dir);
    const other = await startProgram("appendOnDemand", [dir]);
    await other.lines.next();
    const delays: number[] = [];
    for (let index = 0; index < 10; index++) {
      await log.wait(0);
      other.process.stdin?.write("go\n");
      await log.wait(5000);
      const woken = Date.now();
      delays.push(woken - Number((await other.lines.next()).value));
    }
    delays.sort((a, b) => a - b);
    expect(delays[5]).toBeLessThan(250);
  });

  it("loses nothing acknowledged when its writer is killed at random moments", {
    timeout: 60_000,
  }, async () => {
    const dir = await temporaryDirectory();
    const seed = 20261121;
    let state = seed;
    const random = (): number => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state / 2 ** 31;
    };
    await (await openLog(dir)).close();
    const acknowledged: string[] = [];
    for (let round = 0; round < 5; round++) {
      const writer = await startProgram("appendForever", [dir, String(round)]);
      let enough = Math.floor(random() * 150);
      for await (const line of { [Symbol.asyncIterator]: () => writer.lines }) {
        acknowledged.push(line);
        if (enough-- === 0) writer.process.kill("SIGKILL");
      }
      expect((await writer.exit).signal).toBe("SIGKILL");
    }
    expect(acknowledged.length, `seed ${seed}`).toBeGreaterThan(100);
    const log = await openLog(dir, undefined);
    const there = new Map(
      (await readAll(log)).map((record) => [`${record.sequence} ${record.partitionKey}`, text(record)]),
    );
    const lost = acknowledged.filter((line) => {
      const [sequence, key, data] = line.split(" ");
      return there.get(`${sequence} ${key}`) !== data;
    });
    expect(lost, `seed ${seed}`).toEqual([]);
    expect((await log.append([{ partitionKey: "x", data: Buffer.from("x") }]))[0]?.kind).toBe("stored");
  });
});
