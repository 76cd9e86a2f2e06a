import type { DefinitionAnswer } from "../../../api/definitions/definitionAnswer.js";
import type { MetricSummary } from "../../../reader/metricSummary.js";
import { Empty, Gone, Shown, Skeleton } from "../parts/states.js";
import { usePolled } from "../state/polled.js";
import { metrics, trouble } from "../state/server.js";
import { MetricList } from "./metricList.js";
import { metric } from "./question.js";
import { Summary } from "./summary.js";
import { VersionCard } from "./versionCard.js";

const AGAIN_AFTER_MS = 30_000;

const Definition = ({ of }: { of: MetricSummary }) => {
  const path = `/v1/metrics/${encodeURIComponent(of.name)}/definition`;
  const { polled } = usePolled<DefinitionAnswer>(path, AGAIN_AFTER_MS);
  return (
    <Shown polled={polled.value} rows={8}>
      {({ versions }) => (
        <div class="stacked">
          {versions.map((version) => (
            <VersionCard key={version.hash} version={version} current={version.hash === of.definition} />
          ))}
        </div>
      )}
    </Shown>
  );
};

export const MetricsPage = () => {
  const of = metric.value;
  if (!of) {
    const none = metrics.value !== null;
    return (
      <div class="page">
        <section class="card">
          {none ? (
            <Empty title="No metric is defined yet">
              Define one in <code>freshet.config.ts</code>: it is counted from then on, and by batch from the
              beginning.
            </Empty>
          ) : trouble.value === "unreachable" ? (
            <Gone />
          ) : (
            <Skeleton rows={8} />
          )}
        </section>
      </div>
    );
  }
  return (
    <div class="page metrics">
      <MetricList chosen={of.name} />
      <div class="stacked">
        <Summary metric={of} />
        <Definition key={of.name} of={of} />
      </div>
    </div>
  );
};
