import type { TopAnswer } from "@freshet/model";
import { useEffect, useRef } from "preact/hooks";
import { Empty, Gone, Refused, Skeleton } from "../parts/states.js";
import { StatusChip } from "../parts/statusChip.js";
import { addressOf } from "../route/route.js";
import { clock } from "../state/clock.js";
import { metrics, refusal, trouble } from "../state/server.js";
import { figureOf, momentText } from "../text/format.js";
import { before, rowsInView, SPAN_WINDOWS, sparklines } from "./behindRows.js";
import { filters, metric, orderBy, top } from "./question.js";
import { pause, shown } from "./shown.js";
import { TrendRow } from "./trendRow.js";
import { useInView } from "./useInView.js";
import { useMoves } from "./useMoves.js";

const FIGURES_MAX = 4;
const MOVES_SHOWN_MS = 6_000;

/** Where each key stood some seconds ago, so that a move can be seen for a while. */
const useRanksBefore = (names: readonly string[]): ReadonlyMap<string, number> => {
  const standing = useRef<{ at: number; ranks: Map<string, number> }>({ at: 0, ranks: new Map() });
  useEffect(() => {
    const now = performance.now();
    if (now - standing.current.at < MOVES_SHOWN_MS) return;
    standing.current = { at: now, ranks: new Map(names.map((name, index) => [name, index + 1])) };
  });
  return standing.current.ranks;
};

/** The order's measure first; by score, the one that is scored. */
const measuresShown = (): readonly string[] => {
  const names = (metric.value?.measures ?? []).map(({ name }) => name);
  const ordered = orderBy.value === "score" ? metric.value?.trend?.on : orderBy.value;
  const first = names.find((name) => name === ordered) ?? names[0];
  return [...(first === undefined ? [] : [first]), ...names.filter((name) => name !== first)].slice(
    0,
    FIGURES_MAX,
  );
};

interface Listed {
  readonly answer: TopAnswer;
  readonly measures: readonly string[];
  readonly scored: boolean;
}

/** What the columns are: read out with each row, so only drawn here. */
const Heads = ({ answer, measures, scored }: Listed) => {
  const [first] = answer.rows;
  return (
    <p class="row-heads" aria-hidden="true">
      <span>#</span>
      <span>{Object.keys(first?.key ?? {}).join(" · ")}</span>
      <span>
        {measures[0]}, {SPAN_WINDOWS} × {answer.window}
      </span>
      {measures.map((measure) => (
        <span key={measure} class="figure">
          {figureOf(measure, first?.values[measure]).name}
        </span>
      ))}
      <span class="figure">change</span>
      {scored && <span class="figure">score</span>}
    </p>
  );
};

const Rows = ({ answer }: { answer: TopAnswer }) => {
  const { rows, window } = answer;
  const names = rows.map(({ key }) => JSON.stringify(key));
  const list = useMoves<HTMLOListElement>(names);
  const ranksBefore = useRanksBefore(names);
  useInView(list, names, (inView) => {
    rowsInView.value = inView;
  });
  const measures = measuresShown();
  const drawn = measures[0] ?? "";
  const scored = rows.some(({ score }) => score !== null);
  return (
    <div class="list" data-scored={scored} style={{ "--figures": String(measures.length) }}>
      <Heads answer={answer} measures={measures} scored={scored} />
      <ol class="rows" ref={list}>
        {rows.map((row, index) => {
          const name = names[index] ?? "";
          return (
            <TrendRow
              key={name}
              row={row}
              rank={index + 1}
              rankBefore={ranksBefore.get(name)}
              measures={measures}
              drawn={drawn}
              window={window}
              series={sparklines.answers.value.get(name)}
              before={before.answers.value.get(name)}
              address={addressOf("explore", new URLSearchParams({ metric: answer.metric, key: name }))}
            />
          );
        })}
      </ol>
    </div>
  );
};

/** No answer came yet: because it is on its way, or because there can be none. */
const NoAnswer = () => {
  if (metrics.value?.length === 0) return <Empty title="No metric is defined yet" />;
  if (trouble.value === "unreachable") return <Gone />;
  return refusal.value === null ? <Skeleton rows={8} /> : <Refused problem={refusal.value} />;
};

const Nothing = () => {
  if (filters.value.length > 0) {
    return (
      <Empty title="Nothing that fits in this window">Take a filter away, or choose a longer window.</Empty>
    );
  }
  return (
    <Empty title="Nothing in this window yet">
      Rows appear as soon as events come in. Send one to <code>POST /v1/events</code>, or feed a file with{" "}
      <code>freshet replay FILE</code>.
    </Empty>
  );
};

export const TrendList = () => {
  const { state, problem } = top.value;
  const answer = shown.value;
  return (
    <section class="card trends" aria-labelledby="trends-title" data-lost={state === "lost" || undefined}>
      <header class="card-head">
        <div>
          <h2 id="trends-title">{answer && answer.by !== "score" ? "Top" : "Trending"}</h2>
          {answer && (
            <p class="quiet">
              {answer.by === "score" ? "by trend score" : `by ${answer.by}`} in the last {answer.window}, to{" "}
              <time dateTime={answer.covers.to}>{momentText(answer.covers.to, clock.peek())}</time>
              {pause.value && (
                <span class="held">
                  {" "}
                  · held still, {pause.value.waiting} {pause.value.waiting === 1 ? "change" : "changes"}{" "}
                  waiting
                </span>
              )}
            </p>
          )}
        </div>
        {answer && <StatusChip status={answer.status} missing={answer.missing} />}
      </header>
      {problem ? (
        <Refused problem={problem} />
      ) : !answer ? (
        <NoAnswer />
      ) : answer.rows.length === 0 ? (
        <Nothing />
      ) : (
        <Rows answer={answer} />
      )}
    </section>
  );
};
