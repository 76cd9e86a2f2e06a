import { computed, effect, signal } from "@preact/signals";
import type { KeyValues, SeriesAnswer, ValueAnswer } from "@freshet/model";
import type { ExpectedAnswer } from "../../../reader/reader.js";
import { ask, keyPairs, type Problem } from "../net/ask.js";
import { pageHidden } from "../state/hidden.js";
import { status } from "../state/server.js";
import { durationMs } from "../text/duration.js";
import { comparison, keys, metric, normalShown, span, step } from "./question.js";

const AT_ONCE = 3;

/** What is known of one key: its series, the same some days earlier, what is normal for it, and the whole range. */
export interface Loaded {
  readonly series: SeriesAnswer | null;
  readonly compared: SeriesAnswer | null;
  readonly expected: ExpectedAnswer | null;
  readonly value: ValueAnswer | null;
}

type Part = keyof Loaded;
interface Wanted {
  readonly name: string;
  readonly part: Part;
  readonly path: string;
  /** What happened long ago is asked once. */
  readonly once: boolean;
}

const NOTHING: Loaded = { series: null, compared: null, expected: null, value: null };

export const loaded = signal<ReadonlyMap<string, Loaded>>(new Map());
export const refusal = signal<Problem | null>(null);

/** Moves with every answer that could be another. */
const version = computed(() => {
  const now = status.value;
  return now === null
    ? ""
    : JSON.stringify([now.ledger.events, now.generation?.pointerRevision, now.newestEvent, now.missing]);
});

const wantedOf = (key: KeyValues): readonly Wanted[] => {
  const of = metric.value;
  if (!of || !span.value || !step.value) return [];
  const { fromMs, toMs } = span.value;
  const name = JSON.stringify(key);
  const path = (what: string, parameters: Readonly<Record<string, string>>): string => {
    const query = new URLSearchParams(parameters);
    for (const pair of keyPairs(key)) query.append("key", pair);
    return `/v1/metrics/${encodeURIComponent(of.name)}/${what}?${query}`;
  };
  const steps = (shiftMs: number) => ({
    from: new Date(Math.max(0, fromMs - shiftMs)).toISOString(),
    to: new Date(toMs - shiftMs).toISOString(),
    step: step.value ?? "",
  });
  const { shiftMs } = comparison.value;
  const window = `${Math.max(1, Math.round((toMs - fromMs) / 1_000))}s`;
  const whole = durationMs(of.pane) % 1_000 === 0;
  return [
    { name, part: "series", path: path("series", steps(0)), once: false },
    ...(shiftMs > 0
      ? [{ name, part: "compared", path: path("series", steps(shiftMs)), once: true } as const]
      : []),
    ...(of.trend && normalShown.value
      ? [{ name, part: "expected", path: path("expected", steps(0)), once: true } as const]
      : []),
    ...(whole
      ? [
          {
            name,
            part: "value",
            path: path("value", { window, at: new Date(toMs).toISOString() }),
            once: false,
          } as const,
        ]
      : []),
  ];
};

/** Every question of the page; it changes as the span moves on. */
const wanted = computed<readonly Wanted[]>(() => keys.value.flatMap(wantedOf));

const askedPaths = new Map<string, string>();
let running = false;
let stale = false;

const answerAll = async (): Promise<void> => {
  const queue = wanted.peek().filter((one) => {
    return !one.once || askedPaths.get(`${one.part} ${one.name}`) !== one.path;
  });
  const answers = new Map<string, Partial<Loaded>>();
  let problem: Problem | null = null;
  const work = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const asked = await ask<unknown>(one.path);
      if (asked.kind === "answer") {
        askedPaths.set(`${one.part} ${one.name}`, one.path);
        answers.set(one.name, { ...answers.get(one.name), [one.part]: asked.answer });
      } else if (asked.kind === "problem" && one.part === "series") problem = asked.problem;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const still = wanted.peek();
  const next = new Map<string, Loaded>();
  for (const { name } of still) {
    const standing = { ...NOTHING, ...loaded.peek().get(name), ...answers.get(name) };
    const parts = still.filter((one) => one.name === name).map(({ part }) => part);
    next.set(name, {
      series: standing.series,
      compared: parts.includes("compared") ? standing.compared : null,
      expected: parts.includes("expected") ? standing.expected : null,
      value: standing.value,
    });
  }
  loaded.value = next;
  refusal.value = problem;
};

const refresh = async (): Promise<void> => {
  if (running) {
    stale = true;
    return;
  }
  running = true;
  do {
    stale = false;
    await answerAll();
  } while (stale);
  running = false;
};

/** Another metric's answers are no answers. */
let subject: string | null = null;
effect(() => {
  const name = metric.value?.name ?? null;
  if (name === subject) return;
  subject = name;
  askedPaths.clear();
  loaded.value = new Map();
  refusal.value = null;
});

effect(() => {
  const nothing = version.value === "" || wanted.value.length === 0;
  if (!nothing && !pageHidden.value) void refresh();
});
