import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const NAME = "freshet-shortcuts";

/** One key without a modifier, and what it does, in words. */
export interface Shortcut {
  readonly key: string;
  readonly text: string;
  run(): void;
}

/** Whether single keys do anything: who dictates can turn them off. */
export const shortcutsOn = signal(localStorage.getItem(NAME) !== "off");
effect(() => localStorage.setItem(NAME, shortcutsOn.value ? "on" : "off"));

/** What can be pressed now, in the order of its registration. */
export const shortcuts = signal<readonly Shortcut[]>([]);

export const addShortcuts = (added: readonly Shortcut[]): (() => void) => {
  shortcuts.value = [...shortcuts.peek(), ...added];
  return () => {
    shortcuts.value = shortcuts.peek().filter((one) => !added.includes(one));
  };
};

/** Shortcuts of a page, for as long as it is shown. They must not depend on a render. */
export const useShortcuts = (added: readonly Shortcut[]): void => useEffect(() => addShortcuts(added), []);

const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(?:radio|checkbox|button)$/.test(target.type));

export const followKeys = (): void => {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (takesText(event.target) || document.querySelector("dialog[open]")) return;
    const shortcut = shortcuts.peek().find(({ key }) => key === event.key);
    if (!shortcut || (!shortcutsOn.peek() && shortcut.key !== "?")) return;
    event.preventDefault();
    shortcut.run();
  });
};
