import { Empty } from "../parts/states.js";

export const ExplorePage = () => (
  <div class="page">
    <section class="card">
      <Empty title="Explore" />
    </section>
  </div>
);
