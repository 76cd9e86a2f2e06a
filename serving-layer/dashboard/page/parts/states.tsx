import type { ComponentChildren } from "preact";
import { asksForKey, type Problem } from "../net/ask.js";
import { keyWanted } from "../state/accessKey.js";
import type { Polled } from "../state/polled.js";

export const Skeleton = ({ rows }: { rows: number }) => (
  <div class="skeleton" role="status" aria-label="Loading">
    {Array.from({ length: rows }, (_, index) => (
      <span key={index} class="skeleton-row" />
    ))}
  </div>
);

/** Nothing is there, and what would change that. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="state">
    <p class="state-title">{title}</p>
    {children && <p>{children}</p>}
  </div>
);

/** Where a key does not allow what was asked. */
export const OtherKey = ({ problem }: { problem: Problem }) =>
  asksForKey(problem) ? (
    <button
      type="button"
      class="button state-button"
      onClick={() => {
        keyWanted.value = true;
      }}
    >
      Use another key
    </button>
  ) : null;

export const Refused = ({ problem }: { problem: Problem }) => (
  <div class="state" role="alert">
    <p class="state-title">{problem.title}</p>
    <p>{problem.detail}</p>
    <OtherKey problem={problem} />
  </div>
);

/** Nothing came yet, and the server is not there. */
export const Gone = () => (
  <div class="state" role="alert">
    <p class="state-title">The server does not answer</p>
    <p>It is asked again and again: this page goes on by itself.</p>
  </div>
);

/** The states of a question that is asked again and again, around what shows its answer. */
export const Shown = <Answer,>(props: {
  polled: Polled<Answer>;
  rows: number;
  children: (answer: Answer) => ComponentChildren;
}) => {
  const { answer, problem, unreachable } = props.polled;
  if (problem) return <Refused problem={problem} />;
  if (answer !== null) return <div data-lost={unreachable || undefined}>{props.children(answer)}</div>;
  return unreachable ? <Gone /> : <Skeleton rows={props.rows} />;
};
