import type { Tick } from "@freshet/model";

const PREFIX = "bodies/";
const TICK_DIGITS = 16;

/**
 * Where the bodies of one flush lie: `bodies/<greatest tick>-<writer>-<number>.bin`, the greatest tick of the segments
 * in it as 16 digits, so that paths sort by tick. Once every kept generation covers that tick in every shard that has
 * not ended, no record needs the object.
 *
 * @param writer of letters and digits, unique to one run of one worker
 */
export const bodyPath = (greatestTick: Tick, writer: string, number: number): string =>
  `${PREFIX}${String(Math.max(greatestTick, 0)).padStart(TICK_DIGITS, "0")}-${writer}-${number}.bin`;

/** The greatest tick that a path of `bodyPath` names; null for any other path. */
export const greatestTickOf = (path: string): Tick | null => {
  const match = /^bodies\/(\d{16})-[A-Za-z0-9]+-\d+\.bin$/.exec(path);
  return match ? (Number(match[1]) as Tick) : null;
};
