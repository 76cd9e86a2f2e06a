import { describe, expect, it } from "vitest";
import type { Leases } from "./port.js";

export interface LeasesFactory {
  /** Over one store with the factory's clock. */
  open(clock: { now: number }): Promise<Leases>;
}

/** What every store of leases must do. */
export const leasesContract = (name: string, { open }: LeasesFactory): void => {
  describe(`${name} keep the leases' contract`, () => {
    it("gives a lease to one owner until it expires", async () => {
      const clock = { now: 1_000 };
      const leases = await open(clock);
      expect(await leases.acquire("coordinator", "a", 500)).toEqual({ kind: "held" });
      expect(await leases.acquire("coordinator", "b", 500)).toMatchObject({
        kind: "taken",
        by: { name: "coordinator", owner: "a", expiresMs: 1_500 },
      });
      expect(await leases.acquire("landing", "b", 500)).toEqual({ kind: "held" });
      clock.now = 1_499;
      expect(await leases.acquire("coordinator", "b", 500)).toMatchObject({ kind: "taken" });
      clock.now = 1_500;
      expect(await leases.acquire("coordinator", "b", 500)).toEqual({ kind: "held" });
      expect(await leases.renew("coordinator", "a", 500)).toBe(false);
    });

    it("lengthens a lease that its owner renews or takes again", async () => {
      const clock = { now: 0 };
      const leases = await open(clock);
      await leases.acquire("x", "a", 100);
      clock.now = 90;
      expect(await leases.renew("x", "a", 100)).toBe(true);
      clock.now = 150;
      expect(await leases.acquire("x", "b", 100)).toMatchObject({ kind: "taken" });
      expect(await leases.acquire("x", "a", 100)).toEqual({ kind: "held" });
      expect((await leases.list()).map(({ name, owner, expiresMs }) => [name, owner, expiresMs])).toEqual([
        ["x", "a", 250],
      ]);
    });

    it("renews an expired lease that nobody took, and none that was released", async () => {
      const clock = { now: 0 };
      const leases = await open(clock);
      await leases.acquire("x", "a", 100);
      clock.now = 500;
      expect(await leases.renew("x", "a", 100)).toBe(true);
      await leases.release("x", "b");
      expect(await leases.list()).toHaveLength(1);
      await leases.release("x", "a");
      expect(await leases.list()).toEqual([]);
      expect(await leases.renew("x", "a", 100)).toBe(false);
      expect(await leases.acquire("x", "b", 100)).toEqual({ kind: "held" });
    });

    it("lets exactly one of many take a free lease", async () => {
      const leases = await open({ now: 0 });
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => leases.acquire("x", `owner ${index}`, 100)),
      );
      expect(outcomes.filter((outcome) => outcome.kind === "held")).toHaveLength(1);
    });
  });
};
