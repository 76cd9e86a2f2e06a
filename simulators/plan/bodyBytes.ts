import type { MeasuredCosts } from "./coefficients.js";
import { chanceOf, keyRanges } from "./distinct.js";

type BodyCosts = Pick<MeasuredCosts, "bodyBytesOfFirst" | "bodyBytesOfMore" | "bodyBytesOfMost">;

/**
 * An increment's body: a group takes so much with its first event and more with each, until its sketches are dense and it grows no further.
 * `events` of one segment over `keys` by Zipf's law.
 */
export const bodyBytesOf = (
  { bodyBytesOfFirst, bodyBytesOfMore, bodyBytesOfMost }: BodyCosts,
  events: number,
  keys: number,
  exponent: number,
): number =>
  keyRanges(keys, exponent).reduce((sum, { share, count }) => {
    const chance = chanceOf(share, events);
    const growing = (bodyBytesOfFirst - bodyBytesOfMore) * chance + bodyBytesOfMore * events * share;
    return sum + count * Math.min(bodyBytesOfMost * chance, growing);
  }, 0);

const HALVINGS = 40;

/** What an event more adds to a group, where a body of so many bytes was measured: found by halving, for the body grows with it. */
export const fitBytesOfMore = (
  costs: Omit<BodyCosts, "bodyBytesOfMore">,
  body: { readonly bytes: number; readonly events: number; readonly keys: number; readonly exponent: number },
): number => {
  let [low, high] = [0, costs.bodyBytesOfFirst];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const bodyBytesOfMore = (low + high) / 2;
    const bytes = bodyBytesOf({ ...costs, bodyBytesOfMore }, body.events, body.keys, body.exponent);
    if (bytes < body.bytes) low = bodyBytesOfMore;
    else high = bodyBytesOfMore;
  }
  return (low + high) / 2;
};
