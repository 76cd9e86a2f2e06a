import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyInstance {
    /** Methods that an address without its query is there for, in the order of names; none for one that is not there. */
    allowedMethods?: (path: string) => readonly string[];
  }
}

const PREFLIGHT = "OPTIONS";

/** `/v1/metrics/:metric/top` as segments; null stands for whatever is given. Null in all for one that takes any rest. */
const segmentsOf = (pattern: string): readonly (string | null)[] | null =>
  pattern.includes("*")
    ? null
    : pattern.split("/").map((segment) => (segment.startsWith(":") ? null : segment));

/**
 * Notes the routes that are registered from here on, for an answer to a wrong method to name the right ones (RFC 9110,
 * 15.5.6). Does nothing where an outer server notes them already.
 */
export const noteAllowedMethods = (app: FastifyInstance): void => {
  if (app.hasDecorator("allowedMethods")) return;
  const routes: { readonly segments: readonly (string | null)[]; readonly methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    const segments = segmentsOf(url);
    if (segments) routes.push({ segments, methods: [method].flat().filter((each) => each !== PREFLIGHT) });
  });
  app.decorate("allowedMethods", (path: string): readonly string[] => {
    const asked = path.split("/");
    const allowed = routes.filter(
      ({ segments }) =>
        segments.length === asked.length &&
        segments.every((segment, at) => segment === asked[at] || (segment === null && asked[at] !== "")),
    );
    return [...new Set(allowed.flatMap(({ methods }) => methods))].sort();
  });
};
