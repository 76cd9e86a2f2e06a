import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Problem } from "../net/ask.js";
import { follow } from "../net/follow.js";
import { nowMs } from "./clock.js";
import { pageHidden } from "./hidden.js";

/** A live question as the page sees it: the last answer stays when the line is lost. */
export interface Line<Answer> {
  readonly answer: Answer | null;
  readonly state: "connecting" | "open" | "lost" | "refused";
  readonly problem: Problem | null;
  /** When the line was last known to be good, epoch ms. */
  readonly heardMs: number | null;
}

const IDLE = { answer: null, state: "connecting", problem: null, heardMs: null } as const;

const lines = signal<ReadonlySet<ReadonlySignal<Line<unknown>>>>(new Set());
/** What the lines of the page that is open come to: the worst of them. */
export const linesState = computed<Line<unknown>["state"] | "none">(() => {
  const states = [...lines.value].map((line) => line.value.state);
  return (["lost", "connecting", "refused", "open"] as const).find((one) => states.includes(one)) ?? "none";
});
export const linesHeardMs = computed<number | null>(() => {
  const heard = [...lines.value].flatMap(({ value: { heardMs } }) => heardMs ?? []);
  return heard.length === 0 ? null : Math.min(...heard);
});

/**
 * Keeps one line open to the question that the path asks; none while the page is hidden.
 *
 * @param subject what it is about: as long as it stays, the last answer stands until the next one comes
 */
export const followLine = <Answer extends object>(
  path: ReadonlySignal<string | null>,
  subject: ReadonlySignal<string | null>,
): ReadonlySignal<Line<Answer>> => {
  const line = signal<Line<Answer>>(IDLE);
  let about: string | null = null;
  effect(() => {
    const question = path.value;
    if (subject.value !== about) line.value = IDLE;
    about = subject.value;
    if (question === null || pageHidden.value) return;
    const change = (part: Partial<Line<Answer>>): void => {
      line.value = { ...line.peek(), ...part };
    };
    // Answers that come within one frame of the screen are drawn once: the newest.
    let newest: Answer | null = null;
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      if (newest !== null) change({ answer: newest, state: "open", problem: null, heardMs: nowMs() });
    };
    lines.value = new Set(lines.peek()).add(line);
    const unfollow = follow<Answer>(question, {
      answer(answer) {
        newest = answer;
        if (frame === 0) frame = requestAnimationFrame(draw);
      },
      open: () => change({ state: "open", problem: null, heardMs: nowMs() }),
      lost() {
        if (frame !== 0) {
          cancelAnimationFrame(frame);
          draw();
        }
        change({ state: "lost" });
      },
      refused: (problem) => change({ state: "refused", problem }),
    });
    return () => {
      unfollow();
      cancelAnimationFrame(frame);
      lines.value = new Set([...lines.peek()].filter((one) => one !== line));
    };
  });
  return line;
};
