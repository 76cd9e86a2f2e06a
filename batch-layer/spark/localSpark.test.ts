import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalSpark } from "./localSpark.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "freshet-submit-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const job = { sql: "file:///sql", raw: "file:///raw/", out: "file:///out/", cut: "file:///cut" };

/** Spark of which `spark-submit` is a script of ours. */
const sparkOf = (script: string) => {
  const submit = join(dir, "spark-submit");
  writeFileSync(submit, `#!/bin/sh\n${script}\n`);
  chmodSync(submit, 0o755);
  return createLocalSpark({
    submit,
    lakeUri: "file:///lake/",
    cores: 1,
    memoryMb: 100,
    env: { PATH: process.env["PATH"] },
    tempDir: dir,
  });
};

const never = new AbortController().signal;

describe("Spark on this machine", () => {
  it("is given the job's arguments, and fails with what it said last", async () => {
    await sparkOf(`echo "$@" > ${dir}/arguments`).run(job, never);
    expect(readFileSync(join(dir, "arguments"), "utf8")).toMatch(
      /driver\.py --sql file:\/\/\/sql --raw file:\/\/\/raw\/ --out file:\/\/\/out\/ --cut file:\/\/\/cut\n$/,
    );
    await expect(sparkOf("echo the reason >&2; exit 3").run(job, never)).rejects.toThrow(
      /failed \(exit 3\); nothing was published:\nthe reason/,
    );
    const none = createLocalSpark({
      submit: join(dir, "none"),
      lakeUri: "file:///lake/",
      cores: 1,
      memoryMb: 100,
      env: {},
      tempDir: dir,
    });
    await expect(none.run(job, never)).rejects.toThrow(/FRESHET_SPARK_SUBMIT/);
  });

  it("is ended by the signal, and has ended when that is told", async () => {
    const stop = new AbortController();
    const over = new Error("its time is over");
    const script = `trap 'echo ended > ${dir}/ended; exit 1' TERM\necho begun > ${dir}/begun\nwhile :; do sleep 0.05; done`;
    const running = sparkOf(script).run(job, stop.signal);
    const began = setInterval(() => {
      if (existsSync(join(dir, "begun"))) stop.abort(over);
    }, 10);
    await expect(running).rejects.toBe(over);
    clearInterval(began);
    expect(existsSync(join(dir, "ended"))).toBe(true);
    await expect(sparkOf("exit 0").run(job, stop.signal)).rejects.toBe(over);
  });
});
