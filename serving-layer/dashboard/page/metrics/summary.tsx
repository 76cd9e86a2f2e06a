import type { MetricSummary } from "../../../reader/metricSummary.js";
import { addressOf } from "../route/route.js";

const KINDS: Readonly<Record<string, string>> = {
  count: "exact",
  sum: "exact",
  min: "exact",
  max: "exact",
  countDistinct: "an estimate",
  quantiles: "within a relative error",
};

/** What can be asked of the metric. */
export const Summary = ({ metric }: { metric: MetricSummary }) => (
  <section class="card" aria-labelledby="summary-title">
    <header class="card-head">
      <h2 id="summary-title" class="metric-name">
        {metric.name}
      </h2>
      <span class="metric-links">
        <a class="button" href={addressOf("trends", new URLSearchParams({ metric: metric.name }))}>
          Trends
        </a>
        <a class="button" href={addressOf("explore", new URLSearchParams({ metric: metric.name }))}>
          Explore
        </a>
      </span>
    </header>
    <dl class="facts">
      <div class="fact">
        <dt>Counts</dt>
        <dd>
          <code>{metric.event}</code>
        </dd>
      </div>
      <div class="fact">
        <dt>By</dt>
        <dd>
          {metric.dimensions.map(({ name, type }) => (
            <span key={name} class="piece">
              {name} <span class="quiet small">{type}</span>
            </span>
          ))}
          {metric.dimensions.length === 0 && "nothing: one group of all"}
        </dd>
      </div>
      <div class="fact">
        <dt>Measures</dt>
        <dd>
          {metric.measures.map(({ name, kind }) => (
            <span key={name} class="piece">
              {name}{" "}
              <span class="quiet small">
                {kind}, {KINDS[kind] ?? ""}
              </span>
            </span>
          ))}
        </dd>
      </div>
      <div class="fact">
        <dt>Pane</dt>
        <dd>
          {metric.pane} <span class="quiet small">{metric.timeZone}</span>
        </dd>
      </div>
      <div class="fact">
        <dt>Trend</dt>
        <dd>
          {metric.trend ? (
            <>
              on {metric.trend.on}
              <span class="quiet small">
                {" "}
                {metric.trend.prior
                  ? `a new key is taken for one of its ${metric.trend.prior}`
                  : "a new key is taken for one of all"}
              </span>
            </>
          ) : (
            "none: keys are ordered by a measure"
          )}
        </dd>
      </div>
    </dl>
  </section>
);
