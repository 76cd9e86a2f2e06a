import type { Dice } from "../../fixtures/dice.js";
import { mutate } from "../../fixtures/mutate.js";
import type { Corpus } from "./corpus.js";
import type { Coverage } from "./coverage.js";

const BYTES_MAX = 1_000;
/** What is readable leads deeper than what is not. */
const READABLE_SHARE = 0.8;

export interface Exploration {
  /** The events that reached something first, in their order: those of the corpus, then new ones. */
  readonly corpus: Corpus;
  /** How many of the corpus are new. */
  readonly found: number;
  /** How many blocks were reached, those that ran more than once counted twice. */
  readonly reached: number;
}

/**
 * Changes events at random and keeps those that make the code do what none did before. `run` must do the same work for the
 * same event, tells whether it is readable, and throws at a fault.
 */
export const explore = async (
  corpus: Corpus,
  runs: number,
  dice: Dice,
  coverage: Coverage,
  run: (event: Uint8Array) => boolean,
): Promise<Exploration> => {
  const reached = new Set<string>();
  const kept: Uint8Array[] = [];
  const readable: Uint8Array[] = [];

  const keepIfNew = async (event: Uint8Array): Promise<void> => {
    const isReadable = run(event);
    const before = reached.size;
    for (const feature of await coverage.take()) reached.add(feature);
    if (reached.size === before) return;
    kept.push(event);
    if (isReadable) readable.push(event);
  };

  await coverage.take();
  for (const event of corpus) await keepIfNew(event);
  const before = kept.length;
  for (let done = 0; done < runs; done++) {
    const event = mutate(dice, dice.pick(dice.chance(READABLE_SHARE) ? readable : kept), kept);
    if (event.length <= BYTES_MAX) await keepIfNew(event);
  }
  return { corpus: kept, found: kept.length - before, reached: reached.size };
};
