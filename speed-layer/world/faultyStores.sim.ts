import type { CrewOptions } from "../worker/crew.js";
import type { Dice } from "./dice.sim.js";

/** The worker's process is gone; what it had in memory is lost. */
export class Crash extends Error {}

/** What befalls the writes of one worker. */
export interface Faults {
  /** Crashes at the n-th write from now, before or after it takes effect. */
  crashAfter(writes: number): void;
  /** Writes wait from now on, as those of a worker that does not know yet that it lost its shards. */
  hold(): void;
  letGo(): void;
  readonly writes: number;
}

type Stores = Pick<CrewOptions, "increments" | "records" | "lake" | "deadLetters">;
type Method = (...args: never[]) => Promise<unknown>;

export const withFaults = (
  stores: Stores,
  dice: Dice,
): { readonly stores: Stores; readonly faults: Faults } => {
  let left = Number.POSITIVE_INFINITY;
  let writes = 0;
  let held: Promise<void> | null = null;
  let release: () => void = () => undefined;

  const around = <M extends Method>(method: M): M =>
    (async (...args: never[]) => {
      if (held) await held;
      writes++;
      left--;
      if (left < 0) throw new Crash("gone");
      if (left > 0) return method(...args);
      if (dice.chance(0.5)) await method(...args);
      throw new Crash("crashed");
    }) as M;

  const { increments, records, lake, deadLetters } = stores;
  return {
    stores: {
      increments: {
        ...increments,
        writeSegment: around(increments.writeSegment),
        writeTip: around(increments.writeTip),
        writeCompacted: around(increments.writeCompacted),
      },
      records: { ...records, replace: around(records.replace as Method) as typeof records.replace },
      lake: { ...lake, put: around(lake.put) },
      deadLetters: { ...deadLetters, put: around(deadLetters.put) },
    },
    faults: {
      crashAfter(more) {
        left = more;
      },
      hold() {
        held = new Promise((resolve) => {
          release = resolve;
        });
      },
      letGo() {
        held = null;
        release();
      },
      get writes() {
        return writes;
      },
    },
  };
};
