import type { WriteOff } from "@freshet/model";
import type { Records } from "@freshet/storage";

const WRITE_OFFS = "write-offs";
const ATTEMPTS_MAX = 100;

export const loadWriteOffs = async (records: Records): Promise<readonly WriteOff[]> =>
  (await records.get<readonly WriteOff[]>(WRITE_OFFS))?.value ?? [];

const same = (a: WriteOff, b: WriteOff): boolean =>
  a.shard === b.shard && a.firstSequence === b.firstSequence && a.lastSequence === b.lastSequence;

/**
 * Gives up a run of a shard, by name: batch counts what has landed of it and goes on. What turns up of it later enters
 * as a correction of the next generation. The same run again changes its reason.
 * @throws RangeError for an empty run or reason.
 */
export const writeOff = async (data: { readonly records: Records }, entry: WriteOff): Promise<void> => {
  if (entry.lastSequence < entry.firstSequence) {
    throw new RangeError(
      `a write-off ends at ${entry.lastSequence}, before it begins at ${entry.firstSequence}`,
    );
  }
  if (entry.reason.trim() === "")
    throw new RangeError("a write-off needs a reason: it is shown with every status");
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const stored = await data.records.get<readonly WriteOff[]>(WRITE_OFFS);
    const others = (stored?.value ?? []).filter((one) => !same(one, entry));
    if (await data.records.replace(WRITE_OFFS, stored?.revision ?? 0, [...others, entry])) return;
  }
  throw new Error(`the write-offs were changed by others ${ATTEMPTS_MAX} times in a row; try again`);
};
