import type { PresentedValue, ValueAnswer } from "@freshet/model";
import { numberOf, shortNumber } from "../text/format.js";

const percent = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0, signDisplay: "exceptZero" });
/** Beyond this a factor is read more easily. */
const PERCENT_MAX = 900;

const changeText = (now: number, was: number): string => {
  if (was === 0) return now === 0 ? "as before" : "new";
  const change = 100 * (now / was - 1);
  return change > PERCENT_MAX ? `× ${shortNumber(Math.round(now / was))}` : `${percent.format(change)} %`;
};

/** A measure against the window before the list's own. */
export const Change = (props: {
  measure: string;
  window: string;
  now: PresentedValue | undefined;
  before: ValueAnswer | undefined;
}) => {
  const now = numberOf(props.now);
  if (!props.before || now === null) return <span class="change" />;
  const was = numberOf(props.before.values[props.measure]) ?? 0;
  const direction = now > was ? "up" : now < was ? "down" : "same";
  return (
    <span
      class="change"
      data-direction={direction}
      title={`${shortNumber(now)} ${props.measure} against ${shortNumber(was)} in the ${props.window} before`}
    >
      <span aria-hidden="true">{direction === "up" ? "▲ " : direction === "down" ? "▼ " : ""}</span>
      {changeText(now, was)}
    </span>
  );
};
