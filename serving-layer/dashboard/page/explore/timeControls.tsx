import { IconButton } from "../parts/iconButton.js";
import { clock } from "../state/clock.js";
import { rangeText } from "../text/format.js";
import { followNow, follows, move, span, step } from "./question.js";

const EARLIER = "M14 6l-6 6 6 6";
const LATER = "M10 6l6 6-6 6";
const IN =
  "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM15.500 15.500 20 20M10.500 8v5M8 10.500h5";
const OUT = "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM15.500 15.500 20 20M8 10.500h5";

/** Moves what is looked at: dragging across the chart does it too. */
export const TimeControls = () => {
  if (!span.value) return null;
  return (
    <div class="time-controls" role="group" aria-label="What time is shown">
      <IconButton name="Earlier" path={EARLIER} press={() => move("earlier")} />
      <IconButton name="Zoom in" path={IN} press={() => move("in")} />
      <IconButton name="Zoom out" path={OUT} press={() => move("out")} />
      <IconButton name="Later" path={LATER} press={() => move("later")} />
      <button type="button" class="button" aria-pressed={follows.value} onClick={() => followNow()}>
        Now
      </button>
      <span class="quiet small">
        {rangeText(span.value.fromMs, span.value.toMs, clock.peek())}, each {step.value}
      </span>
    </div>
  );
};
