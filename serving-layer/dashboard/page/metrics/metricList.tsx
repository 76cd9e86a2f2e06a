import type { MetricSummary } from "../../../reader/metricSummary.js";
import { addressOf } from "../route/route.js";
import { metrics } from "../state/server.js";

const aboutText = ({ dimensions, measures, pane }: MetricSummary): string =>
  `${measures.map(({ name }) => name).join(", ")} by ${dimensions.map(({ name }) => name).join(", ") || "nothing"}, each ${pane}`;

/** What is counted: the metrics of the newest app. */
export const MetricList = ({ chosen }: { chosen: string }) => (
  <nav class="card metric-list" aria-labelledby="metrics-title">
    <header class="card-head">
      <h2 id="metrics-title">Metrics</h2>
    </header>
    <ul>
      {(metrics.value ?? []).map((metric) => (
        <li key={metric.name}>
          <a
            href={addressOf("metrics", new URLSearchParams({ metric: metric.name }))}
            aria-current={metric.name === chosen ? "true" : undefined}
          >
            <span class="key-name">{metric.name}</span>
            <span class="quiet small">{aboutText(metric)}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
