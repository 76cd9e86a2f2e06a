import type { Missing, Status } from "@freshet/model";
import { useId } from "preact/hooks";
import { clock } from "../state/clock.js";
import { missingText, STATUS_WORDS } from "./missingText.js";

const SHOWN_MAX = 8;

/** How sure an answer is, in a word. */
export const StatusMark = ({ status }: { status: Status }) => (
  <span class={`chip chip-plain chip-${status}`}>
    <span class="chip-mark" aria-hidden="true" />
    {STATUS_WORDS[status].word}
  </span>
);

/** How sure an answer is; the reasons open on hover and focus. */
export const StatusChip = ({ status, missing }: { status: Status; missing: readonly Missing[] }) => {
  const id = useId();
  const { word, means } = STATUS_WORDS[status];
  return (
    <span class="chip-place">
      <button type="button" class={`chip chip-${status}`} aria-describedby={id}>
        <span class="chip-mark" aria-hidden="true" />
        {word}
      </button>
      <span role="tooltip" id={id} class="popover">
        <strong>{word}.</strong> {means}
        {status !== "settled" && missing.length > 0 && (
          <ul>
            {missing.slice(0, SHOWN_MAX).map((each) => {
              const text = missingText(each, clock.peek());
              return <li key={text}>{text}</li>;
            })}
            {missing.length > SHOWN_MAX && <li>and {missing.length - SHOWN_MAX} more</li>}
          </ul>
        )}
      </span>
    </span>
  );
};
