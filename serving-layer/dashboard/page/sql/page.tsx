import { Empty } from "../parts/states.js";

export const SqlPage = () => (
  <div class="page">
    <section class="card">
      <Empty title="SQL" />
    </section>
  </div>
);
