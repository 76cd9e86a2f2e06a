import { hostileApp, USUAL, USUAL_WIDE } from "../../fixtures/hostileApp.js";
import { KERNELS, type TestedScanner } from "../../fixtures/kernels.js";
import { createTwins, type Twins } from "../../fixtures/sameRows.js";

/** So often an event is read in the usual order before others come, and so few that no other order is learned. */
const TRAINING = 100;
const USES_MAX = 60;

export interface Run {
  /** Whether the event is readable. @throws Error where a scanner says other than the plain reader. */
  run(event: Uint8Array): boolean;
  readonly seen: { readonly events: number; readonly readable: number };
}

/** Of each kernel one that knows the usual order: for the same event it does the same work. */
const newTwins = (): readonly Twins<TestedScanner>[] =>
  KERNELS.map(([, create]) => {
    const twins = createTwins(hostileApp, create);
    for (const usual of [USUAL, USUAL_WIDE])
      twins.check(Array.from({ length: TRAINING }, () => Buffer.from(usual)));
    return twins;
  });

export const createRun = (): Run => {
  const seen = { events: 0, readable: 0 };
  let all = newTwins();
  const run = (event: Uint8Array): boolean => {
    if (++seen.events % USES_MAX === 0) all = newTwins();
    const rows = all.flatMap(({ check }) => check([event]));
    const isReadable = rows.every((row) => !("reason" in row));
    if (isReadable) seen.readable++;
    return isReadable;
  };
  return { run, seen };
};
