import { useId, useRef } from "preact/hooks";
import { wholeNumber } from "../text/format.js";
import type { ReplayDesk } from "./useReplay.js";

/** First a dry run, then, asked once more, the replay. */
export const ReplayButtons = ({ desk, blocked }: { desk: ReplayDesk; blocked: string | null }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { result } = desk.tried ?? {};
  const count = result?.kind === "answer" ? result.answer.mended : 0;
  const many = count === 1 ? "one event" : `${wholeNumber(count)} events`;
  return (
    <div class="replay-buttons">
      <button
        type="button"
        class="button"
        disabled={desk.busy || blocked !== null}
        onClick={() => void desk.ask(true)}
      >
        {desk.busy ? "Asking…" : "Dry run"}
      </button>
      <button
        type="button"
        class="primary"
        disabled={desk.busy || !desk.ready}
        onClick={() => dialog.current?.showModal()}
      >
        Replay{desk.ready ? ` ${wholeNumber(count)}` : ""}
      </button>
      {(blocked !== null || desk.tried === null) && (
        <span class="quiet small">{blocked ?? "A dry run comes first."}</span>
      )}
      <dialog ref={dialog} class="dialog" aria-labelledby={titleId}>
        <div class="dialog-body">
          <h2 id={titleId}>Replay {many}?</h2>
          <p>
            They go into the log under their own id and time, and are counted like any other. That cannot be
            taken back; replaying them twice changes nothing.
          </p>
          <div class="replay-buttons">
            <button
              type="button"
              class="primary"
              onClick={() => {
                dialog.current?.close();
                void desk.ask(false);
              }}
            >
              Replay {many}
            </button>
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </div>
      </dialog>
    </div>
  );
};
