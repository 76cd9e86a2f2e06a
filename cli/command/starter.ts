const config = `import { count, countDistinct, defineApp, event, metric, t } from "freshet";

const view = event("page_view", {
  page: t.string(),
  user: t.string({ pii: true }),
});

export default defineApp({
  events: [view],
  metrics: [
    metric("page-views", view, {
      by: (e) => ({ page: e.page }),
      measures: (e) => ({ views: count(), users: countDistinct(e.user) }),
      pane: "1m",
      trend: { on: "users" },
    }),
  ],
});
`;

const readme = `# A Freshet app

    npx freshet dev            # the whole line on http://127.0.0.1:4600
    curl -X POST http://127.0.0.1:4600/v1/events -H 'content-type: application/json' \\
      -d '{"type":"page_view","id":"1","time":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'","page":"/","user":"ada"}'
    npx freshet top page-views --window 1h
`;

/** The files of a starter project, by name. */
export const starterFiles = (): Readonly<Record<string, string>> => ({
  "freshet.config.ts": config,
  "README.md": readme,
  "package.json": `${JSON.stringify(
    {
      name: "my-freshet-app",
      private: true,
      type: "module",
      scripts: { start: "freshet dev" },
      dependencies: { freshet: "^0.1.0" },
    },
    null,
    2,
  )}\n`,
  ".gitignore": "node_modules/\n.freshet/\n",
});
