import { computed, signal } from "@preact/signals";
import type { LetterFilter } from "./answers.js";
import { parameter, setQuery } from "../route/route.js";
import { REASON_NAMES } from "../text/reasons.js";
import type { Letter } from "./answers.js";

const PAGE_LETTERS = 50;

const reason = parameter("letters", "reason");
const type = parameter("letters", "type");
const text = parameter("letters", "text");
const from = parameter("letters", "from");
const to = parameter("letters", "to");
const replayed = parameter("letters", "replayed");
export const after = parameter("letters", "after");

/** What is searched for, without the place that the page begins at. */
export const filter = computed<LetterFilter>(() => {
  const known = REASON_NAMES.find((name) => name === reason.value);
  return {
    ...(known === undefined ? {} : { reason: known }),
    ...(type.value ? { type: type.value } : {}),
    ...(text.value ? { text: text.value } : {}),
    ...(from.value ? { from: from.value } : {}),
    ...(to.value ? { to: to.value } : {}),
    ...(replayed.value === null ? {} : { replayed: replayed.value === "true" }),
  };
});

export const lettersPath = computed(() => {
  const query = new URLSearchParams({ limit: String(PAGE_LETTERS) });
  for (const [name, value] of Object.entries(filter.value)) query.set(name, String(value));
  if (after.value !== null) query.set("after", after.value);
  return `/v1/dead-letters?${query.toString()}`;
});

/** Where the pages before this one begin; empty also where an address led into the middle. */
const pagesBefore = signal<readonly (string | null)[]>([]);
export const hasNewer = computed(() => after.value !== null);

/** The letter that is looked at, as it stood on its page. */
export const looked = signal<Letter | null>(null);
/** Those that are chosen to be mended together, by place. */
export const chosen = signal<ReadonlySet<string>>(new Set());

export const narrow = (change: Readonly<Record<string, string | null>>): void => {
  pagesBefore.value = [];
  chosen.value = new Set();
  setQuery({ ...change, after: null });
};

export const older = (next: string): void => {
  pagesBefore.value = [...pagesBefore.value, after.value];
  setQuery({ after: next });
};

export const newer = (): void => {
  const before = pagesBefore.value.at(-1) ?? null;
  pagesBefore.value = pagesBefore.value.slice(0, -1);
  setQuery({ after: before });
};

export const choose = (places: readonly string[], wanted: boolean): void => {
  const next = new Set(chosen.value);
  for (const place of places) {
    if (wanted) next.add(place);
    else next.delete(place);
  }
  chosen.value = next;
};
