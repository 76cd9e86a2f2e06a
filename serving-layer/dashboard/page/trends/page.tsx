import { Segmented, Select } from "../parts/segmented.js";
import { setQuery } from "../route/route.js";
import { metrics } from "../state/server.js";
import { useShortcuts } from "../state/shortcuts.js";
import { windowsOf } from "../state/windows.js";
import { FilterForm } from "./filterForm.js";
import { chooseMetric, metric, orderBy, orders, ROW_COUNTS, rowCount, windowText } from "./question.js";
import { pause, togglePause } from "./shown.js";
import { TrendList } from "./trendList.js";

const PauseButton = () => {
  const held = pause.value !== null;
  return (
    <button
      type="button"
      class="button"
      aria-pressed={held}
      onClick={togglePause}
      title="Hold the list still (p)"
    >
      <span class={held ? "glyph-play" : "glyph-pause"} aria-hidden="true" />
      {held ? "Go on" : "Pause"}
    </button>
  );
};

const Questions = () => (
  <div class="questions">
    <Select
      label="Metric"
      options={(metrics.value ?? []).map(({ name }) => ({ value: name, text: name }))}
      value={metric.value?.name ?? ""}
      choose={chooseMetric}
    />
    <Select
      label="Order"
      options={orders.value.map((name) => ({ value: name, text: name === "score" ? "trend score" : name }))}
      value={orderBy.value ?? ""}
      choose={(by) => setQuery({ by })}
    />
    <Segmented
      name="window"
      label="Window"
      options={windowsOf(metric.value).map((text) => ({ value: text, text }))}
      value={windowText.value}
      choose={(window) => setQuery({ window })}
    />
    <FilterForm />
    <span class="questions-end">
      <Select
        label="Rows"
        options={ROW_COUNTS.map((text) => ({ value: text, text }))}
        value={rowCount.value}
        choose={(rows) => setQuery({ rows })}
      />
      <PauseButton />
    </span>
  </div>
);

export const TrendsPage = () => {
  useShortcuts([{ key: "p", text: "Hold the list still, or let it go on", run: togglePause }]);
  return (
    <div class="page">
      <Questions />
      <TrendList />
    </div>
  );
};
