import { Skeleton } from "../parts/states.js";
import { status, trouble } from "../state/server.js";
import { Books } from "./books.js";
import { Generation } from "./generation.js";
import { Shards } from "./shards.js";

export const HealthPage = () =>
  status.value ? (
    <div class="page below" data-lost={trouble.value === "unreachable" || undefined}>
      <Books status={status.value} />
      <Generation status={status.value} />
      <Shards status={status.value} />
    </div>
  ) : (
    <div class="page below">
      {[0, 1, 2].map((index) => (
        <section key={index} class="card" aria-hidden="true">
          <Skeleton rows={3} />
        </section>
      ))}
    </div>
  );
