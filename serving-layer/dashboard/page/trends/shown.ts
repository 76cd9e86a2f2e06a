import { computed, effect, signal } from "@preact/signals";
import type { TopAnswer } from "@freshet/model";
import { announce } from "../state/announce.js";
import { nowMs } from "../state/clock.js";
import { keyText } from "../text/format.js";
import { top } from "./question.js";

const ANNOUNCE_EVERY_MS = 10_000;

interface Pause {
  readonly answer: TopAnswer;
  /** Answers that came since. */
  readonly waiting: number;
}

export const pause = signal<Pause | null>(null);
/** The list as it is shown: held still while it is paused. */
export const shown = computed<TopAnswer | null>(() => pause.value?.answer ?? top.value.answer);

export const togglePause = (): void => {
  const { answer } = top.peek();
  pause.value = pause.peek() || !answer ? null : { answer, waiting: 0 };
  announce(pause.peek() ? "The list is held still" : "The list goes on");
};

let question = "";
let first = "";
let announcedMs = 0;

/** Another question ends a pause; a new first row is told at times, not at each change. */
effect(() => {
  const { answer } = top.value;
  const standing = pause.peek();
  if (!answer) {
    pause.value = null;
    first = "";
    return;
  }
  const asked = `${answer.metric} ${answer.by} ${answer.window}`;
  if (asked !== question) {
    question = asked;
    pause.value = null;
    first = "";
  } else if (standing && standing.answer !== answer) {
    pause.value = { ...standing, waiting: standing.waiting + 1 };
  }
  const leader = answer.rows[0] ? keyText(answer.rows[0].key) : "";
  if (leader === first || pause.peek() || nowMs() - announcedMs < ANNOUNCE_EVERY_MS) return;
  if (first !== "") {
    announce(`First now: ${leader}`);
    announcedMs = nowMs();
  }
  first = leader;
});
