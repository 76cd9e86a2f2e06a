const SLOTS_MIN = 16;

/** Panes by the order in which they were first met. */
export class PaneTable {
  /** By index. */
  readonly panesMs: number[] = [];
  /** Index + 1 by open addressing, at most half full; 0: empty. */
  #slots = new Int32Array(SLOTS_MIN);
  #lastMs = Number.NaN;
  #last = -1;

  /** The pane's index; a new one where it is not known. */
  indexOf(paneMs: number): number {
    if (paneMs === this.#lastMs) return this.#last;
    const taken = this.#slots[this.#slotOf(paneMs)] as number;
    this.#last = taken === 0 ? this.#add(paneMs) : taken - 1;
    this.#lastMs = paneMs;
    return this.#last;
  }

  #slotOf(paneMs: number): number {
    const mask = this.#slots.length - 1;
    const mixed = Math.imul(paneMs ^ (paneMs / 0x100000000), 0x9e3779b1);
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot] as number;
      if (taken === 0 || this.panesMs[taken - 1] === paneMs) return slot;
    }
  }

  #add(paneMs: number): number {
    this.panesMs.push(paneMs);
    const count = this.panesMs.length;
    if (count * 2 > this.#slots.length) {
      this.#slots = new Int32Array(this.#slots.length * 2);
      for (let index = 0; index < count - 1; index++)
        this.#slots[this.#slotOf(this.panesMs[index] as number)] = index + 1;
    }
    this.#slots[this.#slotOf(paneMs)] = count;
    return count - 1;
  }
}
