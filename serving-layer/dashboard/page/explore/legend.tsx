import { momentText } from "../text/format.js";
import { clock } from "../state/clock.js";
import { comparison } from "./question.js";

export const Legend = (props: {
  batchThrough: string | null;
  alone: boolean;
  normal: boolean;
  estimated: boolean;
}) => (
  <ul class="legend">
    <li>
      <span class={props.alone ? "swatch swatch-settled" : "swatch swatch-line"} aria-hidden="true" />{" "}
      settled: counted exactly by batch
    </li>
    <li>
      <span class={props.alone ? "swatch swatch-live" : "swatch swatch-dashes"} aria-hidden="true" /> live:
      added by the speed layer
    </li>
    {props.normal && (
      <li>
        <span class="swatch swatch-normal" aria-hidden="true" /> normal at this hour of the week, two
        deviations around
      </li>
    )}
    {props.estimated && (
      <li>
        <span class="swatch swatch-error" aria-hidden="true" /> how far an estimate may be off
      </li>
    )}
    {comparison.value.shiftMs > 0 && (
      <li>
        <span class="swatch swatch-dots" aria-hidden="true" /> {comparison.value.text}
      </li>
    )}
    <li class="quiet">
      {props.batchThrough === null
        ? "no batch yet"
        : `batch holds all that arrived before ${momentText(props.batchThrough, clock.peek())}`}
    </li>
  </ul>
);
