import { followLive } from "@freshet/client";
import { type Problem, requestHeaders } from "./ask.js";

export interface Follower<Answer> {
  answer(answer: Answer): void;
  /** Connected; the answer that is held is current, if none came with it. */
  open(): void;
  /** The line is gone; it is tried again by itself. */
  lost(): void;
  /** The question is refused: asking again would not help. */
  refused(problem: Problem): void;
}

/** Follows a live question of this server. Returns how to stop. */
export const follow = <Answer extends object>(path: string, follower: Follower<Answer>): (() => void) =>
  followLive<Answer>(
    { address: path, headers: requestHeaders },
    { ...follower, refused: ({ problem }) => follower.refused(problem) },
  );
