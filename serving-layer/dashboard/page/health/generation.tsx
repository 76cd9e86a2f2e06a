import type { StatusAnswer } from "../../../reader/reader.js";
import { spokenDuration } from "../text/duration.js";
import { momentText, secondText } from "../text/format.js";
import { KeptGenerations } from "./keptGenerations.js";

const Fact = ({ name, value, note }: { name: string; value: string; note?: string }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>
      {value}
      {note && <span class="quiet small"> {note}</span>}
    </dd>
  </div>
);

/** Which batch state stands, and how far it reaches. */
export const Generation = ({ status }: { status: StatusAnswer }) => {
  const nowMs = Date.parse(status.now);
  const { generation, batchThrough, newestEvent } = status;
  return (
    <section class="card" aria-labelledby="generation-title">
      <header class="card-head">
        <h2 id="generation-title">Cut and generation</h2>
      </header>
      {generation ? (
        <>
          <dl class="facts">
            <Fact
              name="Generation"
              value={String(generation.generation)}
              note={`made ${spokenDuration(Math.max(0, nowMs - Date.parse(generation.created)))} ago`}
            />
            <Fact
              name="Batch through"
              value={batchThrough === null ? "–" : momentText(batchThrough, nowMs)}
              note={
                batchThrough === null
                  ? "a shard has no cut yet"
                  : `${spokenDuration(Math.max(0, nowMs - Date.parse(batchThrough)))} behind now`
              }
            />
            <Fact name="Newest event" value={newestEvent === null ? "–" : secondText(newestEvent, nowMs)} />
            <Fact
              name="Made from"
              value={generation.parent === null ? "nothing before" : `generation ${generation.parent}`}
            />
          </dl>
          <KeptGenerations kept={generation.kept} standing={generation.generation} nowMs={nowMs} />
        </>
      ) : (
        <p class="quiet">
          No batch has run yet: every answer is live. One runs on a timer, or by <code>freshet batch</code>.
        </p>
      )}
    </section>
  );
};
