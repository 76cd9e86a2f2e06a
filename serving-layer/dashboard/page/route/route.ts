import { computed, signal } from "@preact/signals";
import { PAGE_PATHS, type PageName } from "../../../api/pagePaths.js";

/** What the address says: a page, and what is looked at on it. It is the one place where that is kept. */
export interface Route {
  readonly page: PageName;
  readonly query: URLSearchParams;
}

const names = Object.keys(PAGE_PATHS) as PageName[];
const pageAt = (path: string): PageName | null => names.find((name) => PAGE_PATHS[name] === path) ?? null;

const read = (): Route => ({
  page: pageAt(location.pathname) ?? "trends",
  query: new URLSearchParams(location.search),
});

const last = new Map<PageName, URLSearchParams>();
export const route = signal<Route>(read());

const arrive = (): void => {
  route.value = read();
  last.set(route.value.page, route.value.query);
};
arrive();
addEventListener("popstate", arrive);

export const addressOf = (page: PageName, query: URLSearchParams): string => {
  const text = query.toString();
  return PAGE_PATHS[page] + (text === "" ? "" : `?${text}`);
};

/** Where a page's link leads: to how it was left, about the metric that is looked at now. */
export const returnTo = (page: PageName): string => {
  const query = new URLSearchParams(last.get(page));
  const metric = route.value.query.get("metric");
  if (metric !== null && page !== route.value.page && metric !== query.get("metric")) {
    return addressOf(page, new URLSearchParams({ metric }));
  }
  return addressOf(page, query);
};

/** Opens an address of the dashboard. False: it is none. */
export const open = (address: string): boolean => {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || pageAt(url.pathname) === null) return false;
  if (url.href !== location.href) history.pushState(null, "", url);
  arrive();
  return true;
};

/** Parameters by name: a text, several, or null for none. */
export type QueryChange = Readonly<Record<string, string | readonly string[] | null>>;

/** Changes what is looked at on the page that is open; going back leads to the page before. */
export const setQuery = (change: QueryChange): void => {
  const { page, query } = route.peek();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    next.delete(name);
    for (const each of value === null ? [] : [value].flat()) next.append(name, each);
  }
  history.replaceState(null, "", addressOf(page, next));
  arrive();
};

/** One parameter of a page; null on every other page. */
export const parameter = (page: PageName, name: string) =>
  computed(() => (route.value.page === page ? route.value.query.get(name) : null));

/** A repeatable parameter, as it stands in the address. */
export const parameters = (page: PageName, name: string) =>
  computed(() => JSON.stringify(route.value.page === page ? route.value.query.getAll(name) : []));

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

/** Links between pages are followed without loading the document anew. */
export const followLinks = (): void => {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || !isPlainClick(event)) return;
    const link = (event.target as Element).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target !== "" || link.hasAttribute("download")) return;
    if (link.hash === "" && open(link.href)) event.preventDefault();
  });
};
