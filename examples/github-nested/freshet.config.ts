import { count, countDistinct, defineApp, eq, event, isNull, metric, not, t } from "freshet";

/** GitHub's own events, nested as its API gives them; what is not named here is kept with the event, and not checked. */
const activity = event("github_event", {
  kind: t.string(),
  actor: t.object({ login: t.string() }),
  repo: t.object({ name: t.string() }),
  payload: t.object({
    action: t.optional(t.string()),
    pull_request: t.optional(
      t.object({
        number: t.integer({ minimum: 1 }),
        base: t.object({ repo: t.object({ language: t.optional(t.string()) }) }),
      }),
    ),
  }),
});

/** As GitHub gives it: its own `type` becomes `kind`. */
interface Row {
  readonly id: string;
  readonly created_at: string;
  readonly type: string;
  readonly actor: { login: string };
  readonly repo: { name: string };
  readonly payload: object;
}

export default defineApp({
  name: "github-nested",
  events: [activity],
  metrics: [
    metric("repo-activity", activity, {
      by: (e) => ({ repo: e.repo.name }),
      measures: (e) => ({
        events: count(),
        stars: count({ where: eq(e.kind, "WatchEvent") }),
        actors: countDistinct(e.actor.login),
      }),
      pane: "1m",
      trend: { on: "actors" },
    }),
    metric("pull-request-languages", activity, {
      where: (e) => not(isNull(e.payload.pull_request.base.repo.language)),
      by: (e) => ({ language: e.payload.pull_request.base.repo.language }),
      measures: (e) => ({
        events: count(),
        actors: countDistinct(e.actor.login),
        repos: countDistinct(e.repo.name),
      }),
      pane: "1m",
    }),
  ],
  replay: {
    map: ({ id, created_at, type, actor, repo, payload }: Row) => ({
      type: activity.name,
      id,
      time: created_at,
      kind: type,
      actor,
      repo,
      payload,
    }),
  },
});
