import type { Stores } from "../dataStore.js";
import type { OpenSearchConfig } from "../documents/openSearch/config.js";
import type { SearchFinding } from "../documents/openSearch/inspectSearch.js";
import type { LetterIndex } from "../documents/letterIndex.js";
import type { TrendDocuments } from "../documents/trend/port.js";
import type { DocumentsConfig } from "./documentsConfig.js";
import type { StoreConfig } from "./storeConfig.js";

const DEFAULT_PREFIX = "freshet";

/** Where documents are kept. */
export interface DocumentStores {
  readonly trends: readonly TrendDocuments[];
  /** Null where dead letters are kept in the store alone. */
  readonly letters: LetterIndex | null;
  close(): Promise<void>;
}

/** Names of Freshet's indices begin with it, also where none is configured yet. */
export const searchPrefixOf = ({ documents }: StoreConfig): string =>
  documents?.openSearch?.prefix ?? DEFAULT_PREFIX;

/** Null where no OpenSearch is configured. */
export const openSearchOf = (config: StoreConfig): OpenSearchConfig | null => {
  const search = config.documents?.openSearch;
  if (!search) return null;
  const { endpoint, auth = { kind: "none" as const } } = search;
  const credentials = config.kind === "aws" ? config.credentials : undefined;
  return {
    endpoint,
    prefix: searchPrefixOf(config),
    auth: auth.kind === "aws" && credentials ? { ...auth, credentials } : auth,
  };
};

/** Opens what the configuration names; the OpenSearch client is loaded only where there is one. */
export const openDocuments = async (
  config: StoreConfig,
  { trends }: Pick<Stores, "trends">,
  now: () => number,
): Promise<DocumentStores> => {
  const documents: DocumentsConfig = config.documents ?? {};
  const search = openSearchOf(config);
  if (search === null) return { trends: [trends], letters: null, close: async () => undefined };
  const { openOpenSearch } = await import("../documents/openSearch/openOpenSearch.js");
  const opened = openOpenSearch(search, now);
  return {
    trends: documents.inStore ? [opened.trends, trends] : [opened.trends],
    letters: opened.letters,
    close: () => opened.close(),
  };
};

/** What `freshet doctor` says of OpenSearch; nothing where none is configured. Changes nothing. */
export const inspectDocuments = async (config: StoreConfig): Promise<readonly SearchFinding[]> => {
  const search = openSearchOf(config);
  if (search === null) return [];
  const { inspectSearch } = await import("../documents/openSearch/inspectSearch.js");
  return inspectSearch(search, config.documents?.openSearch?.domain);
};
