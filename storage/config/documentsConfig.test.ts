import { describe, expect, it } from "vitest";
import type { DocumentsConfig } from "./documentsConfig.js";
import { openSearchOf } from "./openDocuments.js";
import { type AwsLineConfig, parseStoreConfig, type StoreConfig } from "./storeConfig.js";

const documents: DocumentsConfig = {
  openSearch: {
    endpoint: "https://search.example.com",
    prefix: "news",
    auth: { kind: "basic", username: "ann", password: "pw" },
    domain: "news",
  },
  inStore: true,
  windows: [{ window: "1h", every: "5m" }],
  top: 100,
  watch: [{ metric: "articles", key: { article: "front", section: null } }],
  reopen: "3h",
  keep: "30d",
  everyMs: 500,
};
const stored = (value: unknown): StoreConfig =>
  parseStoreConfig(JSON.stringify({ kind: "directory", dir: "x", documents: value }), "here");

describe("the configuration of documents", () => {
  it("may say all of this, or nothing", () => {
    expect(stored(documents).documents).toEqual(documents);
    expect(stored({}).documents).toEqual({});
  });

  it.each([
    [{ openSearch: {} }, /endpoint/],
    [{ openSearch: { endpoint: "search.example.com" } }, /endpoint/],
    [{ openSearch: { endpoint: "https://x", prefix: "News" } }, /prefix/],
    [{ openSearch: { endpoint: "https://x", auth: { kind: "basic" } } }, /auth/],
    [{ openSearch: { endpoint: "https://x", auth: { kind: "aws" } } }, /auth/],
    [{ windows: [] }, /windows/],
    [{ windows: [{ window: "1 hour", every: "5m" }] }, /window/],
    [{ top: 0 }, /top/],
    [{ watch: [{ metric: "a", key: { x: 1 } }] }, /watch/],
    [{ elasticsearch: {} }, /elasticsearch/],
  ])("refuses %j, and says where", (value, message) => {
    expect(() => stored(value)).toThrow(message);
  });

  it("signs with the store's own credentials where it has some, and nobody else's requests", () => {
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const aws: AwsLineConfig = {
      ...{ kind: "aws", region: "eu-west-1", stream: "s", table: "t", bucket: "b", localDir: "x" },
      credentials,
      documents: { openSearch: { endpoint: "https://x", auth: { kind: "aws", region: "eu-west-1" } } },
    };
    expect(openSearchOf(aws)).toEqual({
      endpoint: "https://x",
      prefix: "freshet",
      auth: { kind: "aws", region: "eu-west-1", credentials },
    });
    expect(openSearchOf(stored(documents))?.auth).toEqual(documents.openSearch?.auth);
    expect(openSearchOf(stored({}))).toBeNull();
  });
});
