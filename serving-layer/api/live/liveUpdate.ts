import type { LiveAnswer } from "../../reader/reader.js";
import { changeText, liveState, type LiveState } from "./liveState.js";

/** Answers before the newest that changes are told from; who holds an older one is told the whole. */
const KEPT_MAX = 32;
const KEPT_CHARS_MAX = 256 * 1024;

/** The newest answer to a question, as it is told to each who follows it. */
export interface LiveUpdate {
  readonly id: string;
  /** What makes the answer that is held the newest one, as an event's bytes; null if it is. */
  since(heldId: string | null): Buffer | null;
  /** The same after one more answer. */
  next(answer: LiveAnswer): LiveUpdate;
}

const frame = (id: string, event: string, data: string): Buffer =>
  Buffer.from(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`);

/** The newest of them, and as many before it as the bounds allow. */
const bounded = (states: readonly LiveState[]): readonly LiveState[] => {
  let chars = 0;
  const newestFirst = states.slice(-KEPT_MAX).reverse();
  const over = newestFirst.findIndex(
    ({ text }, index) => (chars += text.length) > KEPT_CHARS_MAX && index > 0,
  );
  return (over < 0 ? newestFirst : newestFirst.slice(0, over)).reverse();
};

const updateOf = (newest: LiveState, before: readonly LiveState[]): LiveUpdate => {
  const { id, text } = newest;
  // As many as there are answers to tell from: who follow a question hold mostly the same one.
  const frames = new Map<string | null, Buffer>();
  const frameSince = (held: LiveState | null): Buffer => {
    const change = held && changeText(held, newest);
    return change !== null && change.length < text.length
      ? frame(id, "change", change)
      : frame(id, "answer", text);
  };
  return {
    id,
    since(heldId) {
      if (heldId === id) return null;
      const held = before.find((state) => state.id === heldId) ?? null;
      const made = frames.get(held?.id ?? null) ?? frameSince(held);
      frames.set(held?.id ?? null, made);
      return made;
    },
    next(answer) {
      const state = liveState(answer);
      return state.id === id ? this : updateOf(state, bounded([...before, newest]));
    },
  };
};

export const firstUpdate = (answer: LiveAnswer): LiveUpdate => updateOf(liveState(answer), []);
