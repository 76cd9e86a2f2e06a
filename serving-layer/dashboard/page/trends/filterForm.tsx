import { useState } from "preact/hooks";
import { Select } from "../parts/segmented.js";
import { dimensionText } from "../text/format.js";
import { type Filter, filters, metric, setFilters } from "./question.js";
import { shown } from "./shown.js";

const SUGGESTED_MAX = 50;

/** Values of a dimension among the rows, most frequent rows first. */
const seenValues = (dimension: string): readonly string[] => {
  const values = (shown.value?.rows ?? []).flatMap(({ key }) => key[dimension] ?? []);
  return [...new Set(values.map(String))].slice(0, SUGGESTED_MAX);
};

const Chip = ({ filter }: { filter: Filter }) => (
  <li class="filter">
    <span>
      {filter.dimension} <strong>{dimensionText(filter.value)}</strong>
    </span>
    <button
      type="button"
      aria-label={`Take away the filter on ${filter.dimension}`}
      onClick={() => setFilters(filters.value.filter((one) => one !== filter))}
    >
      <span aria-hidden="true">✕</span>
    </button>
  </li>
);

/** Narrows the list to a dimension's value. */
export const FilterForm = () => {
  const [wanted, setWanted] = useState<string | null>(null);
  const [text, setText] = useState("");
  const names = metric.value?.dimensions.map(({ name }) => name) ?? [];
  const dimension = names.find((name) => name === wanted) ?? names[0];
  if (dimension === undefined) return null;
  const add = (value: string | null): void => {
    setFilters([...filters.value.filter((one) => one.dimension !== dimension), { dimension, value }]);
    setText("");
  };
  const hasNone = shown.value?.rows.some(({ key }) => key[dimension] === null) ?? false;
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== "") add(text);
      }}
    >
      {names.length > 1 && (
        <Select
          label="Where"
          options={names.map((name) => ({ value: name, text: name }))}
          value={dimension}
          choose={setWanted}
        />
      )}
      <label class="select filter-value">
        <span class="select-label">{names.length > 1 ? "is" : `Where ${dimension} is`}</span>
        <input
          list="filter-values"
          value={text}
          placeholder="any"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <datalist id="filter-values">
        {seenValues(dimension).map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      {text !== "" && (
        <button type="submit" class="button">
          Filter
        </button>
      )}
      {hasNone && (
        <button type="button" class="button" onClick={() => add(null)}>
          without {dimension}
        </button>
      )}
      <ul class="filter-chips" aria-label="Filters">
        {filters.value.map((filter) => (
          <Chip key={filter.dimension} filter={filter} />
        ))}
      </ul>
    </form>
  );
};
