import type { DurationMs, EpochMs, TimeRange } from "@freshet/model";
import type { Metric } from "../catalog.js";
import type { Part } from "../live/part.js";
import { newestWindow } from "../question/range.js";
import type { Window } from "./window.js";

/** Groups held by all windows. */
const GROUPS_MAX = 2_000_000;
const WINDOWS_MAX = 32;
/** A window that nobody has asked for since then is not kept up. */
const KEPT_FOR_MS = 60_000;

/** Which window: one that ends with the newest event, and moves with it, or one that stays where it is. */
export interface WindowName {
  readonly metric: Metric;
  readonly windowMs: DurationMs;
  /** Null: it moves. */
  readonly range: TimeRange | null;
}

/** Windows that are kept up: each is made when it is first asked for. */
export interface Windows {
  /** @param newestMs of the events that stand */
  get(name: WindowName, newestMs: EpochMs): Promise<Window>;
  /** After the next commit, or the end: what moves is then where the newest events are. */
  committed(): Promise<void>;
  /** Those that stand, the one asked for last at the end. */
  names(): readonly { readonly name: WindowName; readonly ranked: readonly number[] }[];
  prepare(parts: readonly Part[], newestMs: EpochMs): Promise<void>;
  commit(parts: readonly Part[], newestMs: EpochMs): void;
  tidy(): Promise<void>;
  close(): void;
}

interface Entry {
  readonly name: WindowName;
  readonly opening: Promise<Window>;
  window: Window | null;
  askedMs: EpochMs;
}

const rangeAt = ({ metric, windowMs, range }: WindowName, newestMs: EpochMs): TimeRange =>
  range ?? newestWindow(metric.definition, windowMs, newestMs);

const textOf = ({ metric, windowMs, range }: WindowName): string =>
  `${metric.definition.hash} ${range === null ? windowMs : `${range.fromMs}-${range.toExclusiveMs}`}`;

export const createWindows = (
  open: (name: WindowName, range: TimeRange, stand: (window: Window) => void) => Promise<Window>,
  now: () => EpochMs,
): Windows => {
  /** Those asked for last come last. */
  const entries = new Map<string, Entry>();

  const waiting: (() => void)[] = [];

  const remove = (text: string, entry: Entry): void => {
    if (entries.get(text) === entry) entries.delete(text);
    entry.window?.release();
  };
  const makeRoom = (kept: Entry): void => {
    let groups = 0;
    for (const { window } of entries.values()) groups += window?.groups ?? 0;
    for (const [text, entry] of entries) {
      if (groups <= GROUPS_MAX && entries.size <= WINDOWS_MAX) return;
      if (entry === kept) return;
      groups -= entry.window?.groups ?? 0;
      remove(text, entry);
    }
  };
  const usable = ({ window }: Entry): boolean =>
    window === null || (window.stands() && window.missing.length === 0);

  const standing = (): readonly { readonly name: WindowName; readonly window: Window }[] =>
    [...entries.values()].flatMap(({ name, window }) => (window?.stands() ? [{ name, window }] : []));

  /** One window after the other, until every one is ready. */
  let looking = false;
  const lookAhead = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      for (const { window } of standing()) await window.lookAhead();
    } finally {
      looking = false;
    }
  };

  return {
    get(name, newestMs) {
      const text = textOf(name);
      const range = rangeAt(name, newestMs);
      const known = entries.get(text);
      if (known && usable(known)) {
        entries.delete(text);
        entries.set(text, known);
        known.askedMs = now();
        return known.opening;
      }
      if (known) remove(text, known);
      const stand = (window: Window): void => {
        if (entries.get(text) !== entry) window.release();
        else entry.window = window;
      };
      const entry: Entry = {
        name,
        opening: open(name, range, stand),
        window: null,
        askedMs: now(),
      };
      entries.set(text, entry);
      entry.opening.then(
        () => makeRoom(entry),
        () => remove(text, entry),
      );
      return entry.opening;
    },
    committed: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    names: () => standing().map(({ name, window }) => ({ name, ranked: window.ranked() })),
    async prepare(parts, newestMs) {
      for (const [text, entry] of [...entries]) {
        const forgotten = now() - entry.askedMs > KEPT_FOR_MS;
        if (entry.window && (forgotten || !entry.window.stands())) remove(text, entry);
      }
      for (const { name, window } of standing()) await window.prepare(parts, rangeAt(name, newestMs));
    },
    commit(parts, newestMs) {
      for (const { name, window } of standing()) window.commit(parts, rangeAt(name, newestMs));
      for (const committed of waiting.splice(0)) committed();
      void lookAhead();
    },
    async tidy() {
      for (const { window } of standing()) await window.tidy();
    },
    close() {
      for (const committed of waiting.splice(0)) committed();
      for (const [text, entry] of [...entries]) remove(text, entry);
    },
  };
};
