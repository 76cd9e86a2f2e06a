import { effect, signal } from "@preact/signals";

const NAME = "freshet-key";

/** The server's key, where it asks for one; forgotten with the tab. */
export const accessKey = signal<string | null>(sessionStorage.getItem(NAME));

/** Whether another key is to be given, though the page could go on with the one it has. */
export const keyWanted = signal(false);

effect(() => {
  if (accessKey.value === null) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, accessKey.value);
});
