const SLOTS_MIN = 16;

/** Panes by the order in which they were first met. */
export interface PaneTable {
  /** The pane's index; a new one where it is not known. */
  indexOf(paneMs: number): number;
  /** By index. */
  readonly panesMs: readonly number[];
}

export const createPaneTable = (): PaneTable => {
  const panesMs: number[] = [];
  /** Index + 1 by open addressing, at most half full; 0: empty. */
  let slots = new Int32Array(SLOTS_MIN);
  let lastMs = Number.NaN;
  let last = -1;

  const slotOf = (paneMs: number): number => {
    const mask = slots.length - 1;
    const mixed = Math.imul(paneMs ^ (paneMs / 0x100000000), 0x9e3779b1);
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const taken = slots[slot] as number;
      if (taken === 0 || panesMs[taken - 1] === paneMs) return slot;
    }
  };

  const add = (paneMs: number): number => {
    panesMs.push(paneMs);
    if (panesMs.length * 2 > slots.length) {
      slots = new Int32Array(slots.length * 2);
      for (let index = 0; index < panesMs.length - 1; index++)
        slots[slotOf(panesMs[index] as number)] = index + 1;
    }
    slots[slotOf(paneMs)] = panesMs.length;
    return panesMs.length - 1;
  };

  return {
    panesMs,
    indexOf(paneMs) {
      if (paneMs === lastMs) return last;
      const taken = slots[slotOf(paneMs)] as number;
      last = taken === 0 ? add(paneMs) : taken - 1;
      lastMs = paneMs;
      return last;
    },
  };
};
