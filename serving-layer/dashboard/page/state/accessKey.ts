import { effect, signal } from "@preact/signals";

const NAME = "freshet-key";

/** The server's key, where it asks for one; forgotten with the tab. */
export const accessKey = signal<string | null>(sessionStorage.getItem(NAME));

effect(() => {
  if (accessKey.value === null) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, accessKey.value);
});
