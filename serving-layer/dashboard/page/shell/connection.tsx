import { clock } from "../state/clock.js";
import { linesHeardMs, linesState } from "../state/line.js";
import { BEHIND_MS, refusal, status, trouble } from "../state/server.js";
import { spokenDuration } from "../text/duration.js";

type State = "lost" | "refused" | "connecting" | "waiting" | "behind" | "open";

const WORDS: Readonly<Record<State, string>> = {
  lost: "Server gone, reconnecting…",
  refused: "The server refuses",
  connecting: "Connecting…",
  waiting: "Connected, waiting for a worker",
  behind: "Connected",
  open: "Connected",
};

const stateNow = (): State => {
  if (trouble.value === "unreachable" || linesState.value === "lost") return "lost";
  if (refusal.value !== null) return "refused";
  if (status.value === null || linesState.value === "connecting") return "connecting";
  const { freshnessMs } = status.value;
  if (freshnessMs === null) return "waiting";
  return freshnessMs > BEHIND_MS ? "behind" : "open";
};

const noteOf = (state: State): string => {
  const heardMs = linesHeardMs.value ?? (status.value === null ? null : Date.parse(status.value.now));
  if (state === "lost" && heardMs !== null) {
    return ` Last heard ${spokenDuration(Math.max(0, clock.value - heardMs))} ago`;
  }
  if (state === "refused") return `: ${refusal.value?.title ?? ""}`;
  const freshness = status.value?.freshnessMs ?? null;
  const connected = state === "open" || state === "behind";
  return connected && freshness !== null ? `, ${spokenDuration(freshness)} behind` : "";
};

/** Whether what is shown is current, in words. Only a change of state is read out, not each second. */
export const Connection = () => {
  const state = stateNow();
  return (
    <p class="connection" data-state={state}>
      <span class="pulse" aria-hidden="true" />
      <span role="status">{WORDS[state]}</span>
      <span class="connection-note">{noteOf(state)}</span>
    </p>
  );
};
