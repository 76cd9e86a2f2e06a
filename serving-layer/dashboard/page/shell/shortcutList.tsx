import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { shortcuts, shortcutsOn } from "../state/shortcuts.js";

const NAMES: Readonly<Record<string, string>> = { ArrowLeft: "←", ArrowRight: "→", " ": "Space" };

export const shortcutListShown = signal(false);

/** What the keyboard can do here. */
export const ShortcutList = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = shortcutListShown.value;
  useEffect(() => {
    if (shown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [shown]);
  const close = (): void => {
    shortcutListShown.value = false;
  };
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="shortcuts-title"
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div class="dialog-body">
        <h2 id="shortcuts-title">Keyboard</h2>
        <dl class="shortcuts">
          {shortcuts.value.map(({ key, text }) => (
            <div key={key}>
              <dt>
                <kbd>{NAMES[key] ?? key}</kbd>
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <label class="check">
          <input
            type="checkbox"
            checked={shortcutsOn.value}
            onChange={(event) => {
              shortcutsOn.value = event.currentTarget.checked;
            }}
          />
          Single keys do this
        </label>
        <button type="button" class="primary" onClick={close}>
          Close
        </button>
      </div>
    </dialog>
  );
};
