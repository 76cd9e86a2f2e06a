import type { StatusAnswer } from "../../../reader/reader.js";
import { spokenDuration } from "../text/duration.js";
import { clockText } from "../text/format.js";
import { freshness } from "./history.js";
import { Trace } from "./trace.js";

/** Answers that are older are called slow. */
const SLOW_MS = 5_000;

const Figure = ({ name, value }: { name: string; value: string }) => (
  <div class="term">
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

/** How old an answer can be: now, and in the minutes that this page has seen. */
export const FreshnessCard = ({ status }: { status: StatusAnswer }) => {
  const { p99Ms, worstMs, spanMs, points } = freshness.value;
  const { freshnessMs } = status;
  const slow = freshnessMs === null || freshnessMs > SLOW_MS;
  const spoken = (ms: number | null): string => (ms === null ? "–" : spokenDuration(ms));
  return (
    <section class="card" aria-labelledby="freshness-title">
      <header class="card-head">
        <h2 id="freshness-title">Freshness</h2>
        <span class={slow ? "verdict verdict-bad" : "verdict verdict-good"}>
          <span aria-hidden="true">{slow ? "!" : "✓"}</span>{" "}
          {freshnessMs === null ? "a shard has no worker" : slow ? "behind" : "up to date"}
        </span>
      </header>
      <p class="total">
        {spoken(freshnessMs)} <span class="quiet">behind now</span>
      </p>
      <Trace values={points} most={Math.max(1_000, worstMs ?? 0)} class="trace-freshness" />
      <dl class="terms">
        <Figure name={`p99 of the last ${spokenDuration(spanMs)}`} value={spoken(p99Ms)} />
        <Figure name="worst" value={spoken(worstMs)} />
        <Figure
          name="newest event"
          value={status.newestEvent === null ? "–" : clockText(status.newestEvent, true)}
        />
      </dl>
    </section>
  );
};
