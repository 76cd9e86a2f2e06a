import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../support/freshet.js";
import { type NewsServer, startNews } from "./newsServer.js";
import { runSchemathesis } from "./schemathesis.js";

const SEED = 20261121;
const METRIC = { "path.metric": "articles", "query.metric": "articles" };
/** Fewer would try too little. */
const REQUESTS_MIN = 500;

describe("the API as its OpenAPI document says", () => {
  const directory = temporaryDirectory();
  let news: NewsServer | undefined;
  const server = (): NewsServer => {
    if (!news) throw new Error("the server has not started");
    return news;
  };
  beforeAll(async () => {
    news = await startNews(directory.path);
  });
  afterAll(async () => {
    await news?.stop();
    directory.remove();
  });

  it(`answers whatever is sent, and asks for a key wherever it says so (seed ${SEED})`, async () => {
    const { address, key } = server();
    const found = await runSchemathesis(directory.path, {
      name: "whatever",
      address,
      key,
      seed: SEED,
      examplesMax: 10,
      given: METRIC,
    });
    const { operations, test_cases: cases } = found;
    expect(operations).toMatchObject({ tested: operations.total - 1, errored: 0 });
    expect(cases.with_failures).toBe(0);
    expect(cases.generated).toBeGreaterThan(REQUESTS_MIN);
  });

  it(`answers questions that have an answer (seed ${SEED})`, async () => {
    const { address, key } = server();
    const found = await runSchemathesis(directory.path, {
      name: "answered",
      address,
      key,
      seed: SEED,
      examplesMax: 5,
      given: {
        ...METRIC,
        "query.key": "article=article-1",
        "query.where": "article=article-1",
        "query.by": "views",
        "query.window": "1h",
        "query.at": "2026-11-21T08:00:00Z",
        "query.from": "2026-11-20T08:00:00Z",
        "query.to": "2026-11-21T08:00:00Z",
        "query.step": "1h",
      },
    });
    const answered = Object.entries(found.valid_rates).filter(([, phases]) =>
      Object.values(phases).some(({ accepted }) => accepted > 0),
    );
    expect(answered.map(([operation]) => operation).sort()).toEqual(Object.keys(found.valid_rates).sort());
    expect(answered).toHaveLength(found.operations.total - 1);
  });
});
