import type { StatusAnswer } from "../../../reader/reader.js";
import { BEHIND_MS, trouble } from "../state/server.js";
import { spokenDuration } from "../text/duration.js";
import { secondText } from "../text/format.js";
import { freshness } from "./history.js";
import { Trace } from "./trace.js";

type Verdict = "unknown" | "workerless" | "behind" | "current";

const VERDICTS: Readonly<
  Record<Verdict, { readonly mark: string; readonly text: string; readonly kind: string }>
> = {
  unknown: { mark: "?", text: "not known", kind: "none" },
  workerless: { mark: "!", text: "a shard has no worker", kind: "bad" },
  behind: { mark: "!", text: "behind", kind: "bad" },
  current: { mark: "✓", text: "up to date", kind: "good" },
};

const verdictOf = (freshnessMs: number | null, gone: boolean): Verdict => {
  if (gone) return "unknown";
  if (freshnessMs === null) return "workerless";
  return freshnessMs > BEHIND_MS ? "behind" : "current";
};

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
  const gone = trouble.value === "unreachable";
  const { mark, text, kind } = VERDICTS[verdictOf(freshnessMs, gone)];
  const spoken = (ms: number | null): string => (ms === null ? "–" : spokenDuration(ms));
  return (
    <section class="card" aria-labelledby="freshness-title">
      <header class="card-head">
        <h2 id="freshness-title">Freshness</h2>
        <span class={`verdict verdict-${kind}`}>
          <span aria-hidden="true">{mark}</span> {text}
        </span>
      </header>
      <p class="total">
        {spoken(freshnessMs)} <span class="quiet">behind {gone ? "when last heard" : "now"}</span>
      </p>
      <Trace values={points} most={Math.max(1_000, worstMs ?? 0)} class="trace-freshness" />
      <dl class="terms">
        <Figure name={`p99 of the last ${spokenDuration(spanMs)}`} value={spoken(p99Ms)} />
        <Figure name="worst" value={spoken(worstMs)} />
        <Figure
          name="newest event"
          value={status.newestEvent === null ? "–" : secondText(status.newestEvent, Date.parse(status.now))}
        />
      </dl>
    </section>
  );
};
