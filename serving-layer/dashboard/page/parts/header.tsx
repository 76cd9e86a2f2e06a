import { orderBy, chooseMetric, metric, metrics, windowText } from "../state/choice.js";
import { series, status, top, trouble, windows } from "../state/answers.js";
import { clock } from "../state/clock.js";
import { isDark, nextTheme } from "../state/theme.js";
import { spokenDuration } from "../text/duration.js";
import { Segmented, Select } from "./segmented.js";

const Brand = () => (
  <h1 class="brand">
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path class="brand-settled" d="M3 22c4.300 0 4.300-4 8.700-4s4.300 4 8.600 4 4.300-4 8.700-4" />
      <path class="brand-live" d="M3 13c4.300 0 4.300-4 8.700-4s4.300 4 8.600 4 4.300-4 8.700-4" />
    </svg>
    Freshet
  </h1>
);

/** Whether what is shown is current, in words. */
const Connection = () => {
  const lost = trouble.value === "unreachable" || top.value.state === "lost" || series.value.state === "lost";
  const freshness = status.value?.freshnessMs ?? null;
  const heardMs = top.value.heardMs;
  const text = lost
    ? `Server gone, reconnecting…${heardMs === null ? "" : ` Last heard ${spokenDuration(clock.value - heardMs)} ago`}`
    : top.value.state !== "open"
      ? "Connecting…"
      : freshness === null
        ? "Connected, waiting for a worker"
        : `Connected, ${spokenDuration(freshness)} behind`;
  return (
    <p class="connection" role="status" data-state={lost ? "lost" : freshness === null ? "waiting" : "open"}>
      <span class="pulse" aria-hidden="true" />
      {text}
    </p>
  );
};

const ThemeButton = () => (
  <button
    type="button"
    class="icon-button"
    onClick={nextTheme}
    aria-label={isDark() ? "Light theme" : "Dark theme"}
  >
    <svg viewBox="0 0 24 24" aria-hidden="true">
      {isDark() ? (
        <path d="M12 4V2m0 20v-2M4 12H2m20 0h-2M6.300 6.300 4.900 4.900m14.200 14.200-1.400-1.400M6.300 17.700l-1.400 1.400M19.100 4.900l-1.400 1.400M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9Z" />
      ) : (
        <path d="M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z" />
      )}
    </svg>
  </button>
);

export const Header = () => {
  const of = metric.value;
  const orders = of ? [...(of.trend ? ["score"] : []), ...of.measures.map(({ name }) => name)] : [];
  return (
    <header class="top">
      <Brand />
      <Connection />
      <ThemeButton />
      <div class="questions">
        <Select
          label="Metric"
          options={(metrics.value ?? []).map(({ name }) => ({ value: name, text: name }))}
          value={of?.name ?? ""}
          choose={chooseMetric}
        />
        <Select
          label="Order"
          options={orders.map((name) => ({ value: name, text: name === "score" ? "trend score" : name }))}
          value={orderBy.value ?? orders[0] ?? ""}
          choose={(name) => {
            orderBy.value = name;
          }}
        />
        <Segmented
          name="window"
          label="Window"
          options={windows.value.map((text) => ({ value: text, text }))}
          value={windowText.value}
          choose={(text) => {
            windowText.value = text;
          }}
        />
      </div>
    </header>
  );
};
