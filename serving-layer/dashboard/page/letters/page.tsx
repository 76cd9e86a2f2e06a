import { Empty } from "../parts/states.js";

export const LettersPage = () => (
  <div class="page">
    <section class="card">
      <Empty title="Dead letters" />
    </section>
  </div>
);
