import type uPlot from "uplot";

const DAY_SECONDS = 86_400;
const MINUTE_SECONDS = 60;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seconds = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

/** Hours and minutes; seconds where steps are shorter; the day where one begins, and where steps are days. */
export const timeLabels: uPlot.Axis.DynamicValues = (_chart, splits, _axis, _space, stepSeconds) =>
  splits.map((split) => {
    const at = new Date(split * 1_000);
    const midnight = at.getHours() === 0 && at.getMinutes() === 0;
    return stepSeconds >= DAY_SECONDS || midnight
      ? day.format(at)
      : (stepSeconds < MINUTE_SECONDS ? seconds : clock).format(at);
  });
