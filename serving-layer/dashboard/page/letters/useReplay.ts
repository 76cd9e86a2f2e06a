import { useRef, useState } from "preact/hooks";
import { type Problem, post } from "../net/ask.js";
import { announce } from "../state/announce.js";
import { wholeNumber } from "../text/format.js";
import type { Outcome, ReplayBody } from "./answers.js";

export type Request = Omit<ReplayBody, "dryRun">;

export interface Tried {
  /** What was asked: another request has not been tried. */
  readonly request: string;
  readonly dryRun: boolean;
  readonly result:
    | { readonly kind: "answer"; readonly answer: Outcome }
    | { readonly kind: "problem"; readonly problem: Problem }
    | { readonly kind: "unreachable" };
}

export interface ReplayDesk {
  readonly busy: boolean;
  /** The last answer to this request; null where it was changed since. */
  readonly tried: Tried | null;
  /** Whether the request was tried and something would be counted. */
  readonly ready: boolean;
  ask(dryRun: boolean): Promise<void>;
}

/** What went wrong tells itself: it is shown as an alert. */
const told = ({ dryRun, result }: Tried): string =>
  result.kind === "answer"
    ? `${wholeNumber(result.answer.mended)} ${dryRun ? "would be counted" : "were replayed"}`
    : "";

/** Tries a request, and then sends it: never what was not tried. */
export const useReplay = (request: Request | null, done: () => void): ReplayDesk => {
  const [busy, setBusy] = useState(false);
  const [last, setLast] = useState<Tried | null>(null);
  const asking = useRef(0);
  const text = JSON.stringify(request);
  const tried = last?.request === text ? last : null;
  const { result } = tried ?? {};
  return {
    busy,
    tried,
    ready: tried?.dryRun === true && result?.kind === "answer" && result.answer.mended > 0,
    async ask(dryRun) {
      const mine = ++asking.current;
      setBusy(true);
      const answered: Tried = {
        request: text,
        dryRun,
        result: await post<Outcome>("/v1/dead-letters/replay", { ...request, dryRun }),
      };
      if (mine !== asking.current) return;
      setBusy(false);
      setLast(answered);
      announce(told(answered));
      if (!dryRun) done();
    },
  };
};
