import { Segmented, Select } from "../parts/segmented.js";
import { setQuery } from "../route/route.js";
import { metrics } from "../state/server.js";
import { quantileNames } from "./chart/tracks.js";
import { loaded } from "./loaded.js";
import {
  chooseMetric,
  COMPARISONS,
  comparison,
  followNow,
  follows,
  keyNames,
  measures,
  metric,
  normalShown,
  quantile,
  RANGES,
  rangeText,
  toggleMeasure,
} from "./question.js";

const Measures = () => (
  <fieldset class="toggles">
    <legend class="unseen">Measures</legend>
    {(metric.value?.measures ?? []).map(({ name }) => (
      <label key={name}>
        <input type="checkbox" checked={measures.value.includes(name)} onChange={() => toggleMeasure(name)} />
        <span>{name}</span>
      </label>
    ))}
  </fieldset>
);

/** Which quantile of several keys is drawn; of one key all are. */
const Quantile = () => {
  const names = measures.value.flatMap((measure) => {
    const points = loaded.value.get(keyNames.value[0] ?? "")?.series?.points ?? [];
    return quantileNames(points.at(-1)?.values[measure]);
  });
  if (names.length === 0 || keyNames.value.length === 1) return null;
  const value = names.find((name) => name === quantile.value) ?? names[0] ?? "";
  return (
    <Select
      label="Quantile"
      options={[...new Set(names)].map((name) => ({ value: name, text: name }))}
      value={value}
      choose={(name) => setQuery({ quantile: name })}
    />
  );
};

export const Questions = () => (
  <div class="questions">
    <Select
      label="Metric"
      options={(metrics.value ?? []).map(({ name }) => ({ value: name, text: name }))}
      value={metric.value?.name ?? ""}
      choose={chooseMetric}
    />
    <Measures />
    <Quantile />
    <Segmented
      name="range"
      label="Range of the series"
      options={RANGES.map((text) => ({ value: text, text }))}
      value={follows.value ? rangeText.value : ""}
      choose={followNow}
    />
    <span class="questions-end">
      <Select
        label="Compare with"
        options={COMPARISONS}
        value={comparison.value.value}
        choose={(compare) => setQuery({ compare: compare === "" ? null : compare })}
      />
      {metric.value?.trend && (
        <button
          type="button"
          class="button"
          aria-pressed={normalShown.value}
          title={`What batch knows to be normal for ${metric.value.trend.on} at this hour of the week`}
          onClick={() => setQuery({ normal: normalShown.value ? "off" : null })}
        >
          Normal
        </button>
      )}
    </span>
  </div>
);
