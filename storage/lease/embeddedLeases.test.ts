import { describe, expect, it } from "vitest";
import { startProgram } from "../testing/program.js";
import { openTables } from "../testing/tables.js";
import { createEmbeddedLeases } from "./embeddedLeases.js";
import { leasesContract } from "./leases.contract.js";
import { isAlive, thisProcess } from "./processIdentity.js";

leasesContract("the embedded leases", {
  open: async (clock) =>
    createEmbeddedLeases({ environment: await openTables(), self: thisProcess(), now: () => clock.now }),
});

describe("the embedded leases", () => {
  it("free the lease of a killed process at once, and not before", async () => {
    const environment = await openTables();
    const leases = createEmbeddedLeases({ environment, self: thisProcess(), now: Date.now });
    const other = await startProgram("holdLease", [environment.dir]);
    expect((await other.lines.next()).value).toBe("held");
    expect(await leases.acquire("role", "me", 1000)).toMatchObject({
      kind: "taken",
      by: { pid: other.process.pid },
    });
    other.process.kill("SIGKILL");
    await other.exit;
    expect(await leases.acquire("role", "me", 1000)).toEqual({ kind: "held" });
  });

  it("leave the lease of another machine's process alone, whatever its number", async () => {
    const environment = await openTables();
    const self = thisProcess();
    const elsewhere = { pid: 2 ** 22 + 1, started: "1", machine: "another machine" };
    await createEmbeddedLeases({ environment, self: elsewhere, now: () => 0 }).acquire("role", "there", 1000);
    const here = createEmbeddedLeases({ environment, self, now: () => 10 });
    expect(await here.acquire("role", "here", 1000)).toMatchObject({ kind: "taken" });
  });

  it("know a process from a later one with the same number", () => {
    const self = thisProcess();
    expect(isAlive(self)).toBe(true);
    expect(isAlive({ ...self, started: `${self.started}0` })).toBe(self.started === "");
  });
});
