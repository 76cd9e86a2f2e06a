import { type Signal, signal } from "@preact/signals";

/** Whether nobody can see the page: it asks for nothing then. */
export const pageHidden: Signal<boolean> = signal(document.hidden);
document.addEventListener("visibilitychange", () => {
  pageHidden.value = document.hidden;
});
