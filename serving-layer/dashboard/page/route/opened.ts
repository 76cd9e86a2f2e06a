import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { PageName } from "../../../api/pagePaths.js";
import { PAGES } from "./pages.js";

export type Opened =
  | { readonly kind: "loading" }
  | { readonly kind: "page"; readonly Page: ComponentType }
  | { readonly kind: "failed" };

const opened = signal<ReadonlyMap<PageName, Opened>>(new Map());
const note = (page: PageName, state: Opened): void => {
  opened.value = new Map(opened.value).set(page, state);
};

/** Loads a page's code once; a page that could not be loaded stays failed until the document is loaded again. */
export const openPage = (page: PageName): void => {
  if (opened.peek().has(page)) return;
  note(page, { kind: "loading" });
  const load = PAGES.find(({ name }) => name === page)?.load;
  load?.().then(
    (Page) => note(page, { kind: "page", Page }),
    () => note(page, { kind: "failed" }),
  );
};

export const openedPage = (page: PageName): Opened => opened.value.get(page) ?? { kind: "loading" };
