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

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const NEW_MANIFEST: Manifest & Readonly<Record<string, unknown>> = {
  name: "my-freshet-app",
  private: true,
  type: "module",
};

/**
 * What a project's package.json needs to run an app: what it has stays as it is.
 *
 * @param present its text; null where there is none
 * @throws SyntaxError where that is no JSON
 */
export const starterManifest = (present: string | null, version: string): string => {
  const manifest: Manifest = present === null ? NEW_MANIFEST : (JSON.parse(present) as Manifest);
  const { scripts, dependencies, devDependencies } = manifest;
  const depends = { ...devDependencies, ...dependencies }["freshet"] !== undefined;
  const whole = {
    ...manifest,
    scripts: { start: "freshet dev", ...scripts },
    ...(!depends && { dependencies: { ...dependencies, freshet: `^${version}` } }),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
};

export const STARTER_CONFIG = "freshet.config.ts";

/** The other files of a starter project, by name. */
export const starterFiles: Readonly<Record<string, string>> = {
  [STARTER_CONFIG]: config,
  "README.md": readme,
  ".gitignore": "node_modules/\n.freshet/\n",
};
