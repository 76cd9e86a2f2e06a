import { computed, effect, signal } from "@preact/signals";
import type { KeyValues } from "@freshet/model";
import type { MetricSummary } from "../../../reader/reader.js";

/** What is looked at; it stands in the address, so that a page can be shared and gone back to. */
const address = new URLSearchParams(location.search);

export const metrics = signal<readonly MetricSummary[] | null>(null);
export const metricName = signal<string | null>(address.get("metric"));
export const windowText = signal(address.get("window") ?? "1h");
export const orderBy = signal<string | null>(address.get("by"));
export const rangeText = signal(address.get("range") ?? "6h");
export const measureName = signal<string | null>(address.get("measure"));

const readKey = (): KeyValues | null => {
  try {
    const text = address.get("key");
    return text === null ? null : (JSON.parse(text) as KeyValues);
  } catch {
    return null;
  }
};
/** The key whose series is shown; null: the first of the list. */
export const chosenKey = signal<KeyValues | null>(readKey());

/** The metric that is asked about: a name that is not there falls back to the first. */
export const metric = computed<MetricSummary | null>(() => {
  const all = metrics.value;
  if (!all) return null;
  return all.find(({ name }) => name === metricName.value) ?? all[0] ?? null;
});

export const chooseMetric = (name: string): void => {
  metricName.value = name;
  orderBy.value = null;
  measureName.value = null;
  chosenKey.value = null;
};

effect(() => {
  const query = new URLSearchParams();
  const entries: readonly (readonly [string, string | null])[] = [
    ["metric", metricName.value],
    ["window", windowText.value],
    ["by", orderBy.value],
    ["range", rangeText.value],
    ["measure", measureName.value],
    ["key", chosenKey.value === null ? null : JSON.stringify(chosenKey.value)],
  ];
  for (const [name, value] of entries) if (value !== null) query.set(name, value);
  history.replaceState(null, "", `?${query}`);
});
