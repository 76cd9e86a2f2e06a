import { type MeasureInput, measureFor, type PresentedValue, type Reason } from "@freshet/model";
import { BIG, lawApp, TIME_ZONE } from "./app.js";
import type { Sent, Visit } from "./stream.js";

const berlin = new Intl.DateTimeFormat("sv-SE", {
  timeZone: TIME_ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});
/** The local date that an instant lies in. */
export const localDay = (timeMs: number): string => berlin.format(timeMs);

export interface OracleRow {
  readonly key: Readonly<Record<string, string | number | null>>;
  readonly values: Readonly<Record<string, PresentedValue>>;
}

const compare = (a: string | number | null, b: string | number | null): number => {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === "number" && typeof b === "number") return a - b;
  return a === b ? 0 : a === null ? -1 : 1;
};

/** Sketches over the events themselves, in one pass. */
const sketch = (metric: string, name: string, inputs: readonly MeasureInput[]): PresentedValue => {
  const spec = lawApp.metrics
    .find((one) => one.name === metric)
    ?.measures.find((one) => one.name === name)?.spec;
  if (!spec) throw new Error(`no measure ${name}`);
  const measure = measureFor(spec);
  return measure.present(inputs.reduce<unknown>((state, input) => measure.add(state, input), measure.zero()));
};

const groupsOf = (visits: readonly Visit[], keyOf: (visit: Visit) => OracleRow["key"]) => {
  const groups = new Map<string, { key: OracleRow["key"]; visits: Visit[] }>();
  for (const visit of visits) {
    const key = keyOf(visit);
    const name = JSON.stringify(Object.values(key));
    const group = groups.get(name) ?? { key, visits: [] };
    group.visits.push(visit);
    groups.set(name, group);
  }
  return [...groups.values()];
};

const ordered = (rows: OracleRow[]): OracleRow[] =>
  rows.sort((a, b) => {
    const more = Number(b.values["visits"]) - Number(a.values["visits"]);
    if (more !== 0) return more;
    for (const name of Object.keys(a.key)) {
      const difference = compare(a.key[name] ?? null, b.key[name] ?? null);
      if (difference !== 0) return difference;
    }
    return 0;
  });

/** What is true of all that was sent, by plain arrays. */
export const createOracle = () => {
  const byIdentity = new Map<string, Visit>();
  const ledger = { events: 0, accepted: 0, duplicates: 0, rejected: {} as Partial<Record<Reason, number>> };
  const seen: Record<Sent["kind"], number> = { visit: 0, near: 0, far: 0, cross: 0, conflict: 0, bad: 0 };
  const total = (visits: readonly Visit[]): number => visits.reduce((sum, { amount }) => sum + amount, 0);
  return {
    ledger,
    seen,
    add(sent: Sent): void {
      ledger.events++;
      seen[sent.kind]++;
      if (sent.kind === "bad") {
        ledger.rejected[sent.reason] = (ledger.rejected[sent.reason] ?? 0) + 1;
        return;
      }
      if (byIdentity.has(sent.visit.id)) ledger.duplicates++;
      else {
        byIdentity.set(sent.visit.id, sent.visit);
        ledger.accepted++;
      }
    },
    newestMs: (): number => Math.max(...[...byIdentity.values()].map(({ time }) => Date.parse(time))),
    byMinute(fromMs: number, toMs: number): OracleRow[] {
      const visits = [...byIdentity.values()].filter(
        ({ time }) => Date.parse(time) >= fromMs && Date.parse(time) < toMs,
      );
      return ordered(
        groupsOf(visits, ({ page, shop }) => ({ page, shop: shop ?? null })).map(({ key, visits: of }) => ({
          key,
          values: {
            visits: of.length,
            big: of.filter(({ amount }) => amount > BIG).length,
            total: total(of),
            least: Math.min(...of.map(({ amount }) => amount)),
            most: Math.max(...of.map(({ amount }) => amount)),
            users: sketch(
              "by-minute",
              "users",
              of.map(({ user }) => user),
            ),
            amounts: sketch(
              "by-minute",
              "amounts",
              of.map(({ amount }) => amount),
            ),
          },
        })),
      );
    },
    byDay(day: string): OracleRow[] {
      const visits = [...byIdentity.values()].filter(({ time }) => localDay(Date.parse(time)) === day);
      return ordered(
        groupsOf(visits, ({ page }) => ({ page })).map(({ key, visits: of }) => ({
          key,
          values: {
            visits: of.length,
            total: total(of),
            users: sketch(
              "by-day",
              "users",
              of.map(({ user }) => user),
            ),
          },
        })),
      );
    },
  };
};

export type Oracle = ReturnType<typeof createOracle>;
