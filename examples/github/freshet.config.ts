import { count, countDistinct, defineApp, eq, event, metric, t } from "freshet";

const activity = event("github_event", {
  repo: t.string(),
  /** push, create, watch (a star), pr, issue, icomment, fork, ... */
  kind: t.string(),
  actor: t.string(),
});

interface Row {
  readonly id: string;
  readonly dt: string;
  readonly repo: string;
  readonly type: string;
  readonly actor: string;
}

/** 0.8 % standard error: repositories are compared by their actors. */
const ACTORS = { lgK: 14 };

export default defineApp({
  name: "github",
  events: [activity],
  metrics: [
    metric("repo-activity", activity, {
      by: (e) => ({ repo: e.repo }),
      measures: (e) => ({
        events: count(),
        stars: count({ where: eq(e.kind, "watch") }),
        actors: countDistinct(e.actor, ACTORS),
      }),
      pane: "1m",
      trend: { on: "actors" },
    }),
    metric("event-types", activity, {
      by: (e) => ({ type: e.kind }),
      measures: (e) => ({ events: count(), actors: countDistinct(e.actor, ACTORS) }),
      pane: "1m",
    }),
  ],
  replay: {
    /** A row's own `type` becomes `kind`: `type` is the name of the event. */
    map: ({ id, dt, repo, type, actor }: Row) => ({
      type: activity.name,
      id,
      time: dt,
      repo,
      kind: type,
      actor,
    }),
  },
});
