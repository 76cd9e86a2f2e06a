import { useEffect, useRef } from "preact/hooks";
import { shownKey, shownMeasure, top } from "../state/answers.js";
import { chosenKey, metric } from "../state/choice.js";
import { sparklines } from "../state/sparklines.js";
import { momentText } from "../text/format.js";
import { Empty, Refused, Skeleton } from "./states.js";
import { StatusChip } from "./statusChip.js";
import { TrendRow } from "./trendRow.js";
import { useMoves } from "./useMoves.js";
import { clock } from "../state/clock.js";

const FIGURES_MAX = 2;
const MOVES_SHOWN_MS = 6_000;

/** Where each key stood some seconds ago, so that a move can be seen for a while. */
const useRanksBefore = (names: readonly string[]): ReadonlyMap<string, number> => {
  const before = useRef<{ at: number; ranks: Map<string, number> }>({ at: 0, ranks: new Map() });
  useEffect(() => {
    const now = performance.now();
    if (now - before.current.at < MOVES_SHOWN_MS) return;
    before.current = { at: now, ranks: new Map(names.map((name, index) => [name, index + 1])) };
  });
  return before.current.ranks;
};

/** Where the panel is not beside the list, it is brought into view. */
const showKeyPanel = (): void => {
  if (!matchMedia("(max-width: 1180px)").matches) return;
  document.getElementById("key-panel")?.scrollIntoView({ behavior: "smooth", block: "start" });
};

const Rows = () => {
  const rows = top.value.answer?.rows ?? [];
  const list = useMoves<HTMLOListElement>();
  const before = useRanksBefore(rows.map(({ key }) => JSON.stringify(key)));
  const measures = (metric.value?.measures ?? []).map(({ name }) => name).slice(0, FIGURES_MAX);
  const chosen = JSON.stringify(shownKey.value);
  return (
    <ol
      class="rows"
      ref={list}
      data-scored={rows.some(({ score }) => score !== null)}
      style={{ "--figures": String(measures.length) }}
    >
      {rows.map((row, index) => {
        const name = JSON.stringify(row.key);
        return (
          <TrendRow
            key={name}
            row={row}
            rank={index + 1}
            rankBefore={before.get(name)}
            measures={measures}
            drawn={shownMeasure.value ?? ""}
            series={sparklines.value.get(name)}
            chosen={name === chosen}
            choose={() => {
              chosenKey.value = row.key;
              showKeyPanel();
            }}
          />
        );
      })}
    </ol>
  );
};

export const TrendList = () => {
  const { answer, state, problem } = top.value;
  return (
    <section class="card trends" aria-labelledby="trends-title" data-lost={state === "lost" || undefined}>
      <header class="card-head">
        <div>
          <h2 id="trends-title">{answer && answer.by !== "score" ? "Top" : "Trending"}</h2>
          {answer && (
            <p class="quiet">
              {answer.by === "score" ? "by trend score" : `by ${answer.by}`} in the last {answer.window}, to{" "}
              <time dateTime={answer.covers.to}>{momentText(answer.covers.to, clock.peek())}</time>
            </p>
          )}
        </div>
        {answer && <StatusChip status={answer.status} missing={answer.missing} />}
      </header>
      {problem ? (
        <Refused problem={problem} />
      ) : !answer ? (
        <Skeleton rows={8} />
      ) : answer.rows.length === 0 ? (
        <Empty />
      ) : (
        <Rows />
      )}
    </section>
  );
};
