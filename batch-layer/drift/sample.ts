import { createHash } from "node:crypto";
import { decodeParts, type GroupKey } from "@freshet/model";

/** A share of all keys, 2^-level of them: the same keys here and in SQL, and at each level a part of those before. */
export interface Sample {
  readonly level: number;
}

const HEX_DIGITS = 8;
const LEVEL_MAX = HEX_DIGITS * 4 - 1;

export const ALL: Sample = { level: 0 };

export const shareOf = ({ level }: Sample): number => 2 ** -level;

/** Half the keys of a sample. */
export const halved = ({ level }: Sample): Sample => ({ level: Math.min(level + 1, LEVEL_MAX) });

/** Hashes below this, as hex digits, are in the sample; null: all are. */
export const belowHex = ({ level }: Sample): string | null =>
  level === 0 ? null : (2 ** (HEX_DIGITS * 4 - level)).toString(16).padStart(HEX_DIGITS, "0");

/** As `sampledSql` makes it. */
const sampleText = (key: GroupKey): string =>
  decodeParts(key)
    .map((part) => `${part === null ? "\x00" : String(part)}\x01`)
    .join("");

export const holds = (sample: Sample, key: GroupKey): boolean => {
  const below = belowHex(sample);
  return (
    below === null || createHash("md5").update(sampleText(key)).digest("hex").slice(0, HEX_DIGITS) < below
  );
};
