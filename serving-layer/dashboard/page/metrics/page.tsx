import { Empty } from "../parts/states.js";

export const MetricsPage = () => (
  <div class="page">
    <section class="card">
      <Empty title="Metrics" />
    </section>
  </div>
);
