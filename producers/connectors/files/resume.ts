import type { EpochMs } from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { ReplayCounts } from "./progress.js";

/** How far a replay of a file has been acknowledged; there until it is finished. */
export interface ReplayState {
  readonly version: 1;
  readonly source: string;
  readonly counts: Readonly<ReplayCounts>;
  readonly virtualMs: EpochMs | null;
}

export interface ResumePoint {
  /** Where an earlier run was interrupted; null at a beginning. */
  readonly from: ReplayState | null;
  /** @throws Error when another process replays the same file into the same log. */
  save(state: ReplayState): Promise<void>;
  finish(): Promise<void>;
}

/** The record `replay/<fingerprint>`; `restart` forgets what it says. */
export const openResumePoint = async (
  records: Records,
  fingerprint: string,
  restart: boolean,
): Promise<ResumePoint> => {
  const name = `replay/${fingerprint}`;
  const found = await records.get<ReplayState>(name);
  let revision = found?.revision ?? 0;
  return {
    from: restart ? null : (found?.value ?? null),
    async save(state) {
      if (!(await records.replace(name, revision, state))) {
        throw new Error(`${state.source} is being replayed by another process: wait for it, or stop it`);
      }
      revision++;
    },
    finish: () => records.remove(name),
  };
};
