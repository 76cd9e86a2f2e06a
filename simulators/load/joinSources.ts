import type { EventSource, KnownAnswers } from "../workloads/source.js";

const addCounts = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) => {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

/** What must come of two streams that have no event in common. */
const addAnswers = (a: KnownAnswers, b: KnownAnswers): KnownAnswers => ({
  ledger: {
    records: a.ledger.records + b.ledger.records,
    events: a.ledger.events + b.ledger.events,
    accepted: a.ledger.accepted + b.ledger.accepted,
    duplicates: a.ledger.duplicates + b.ledger.duplicates,
    rejected: addCounts(a.ledger.rejected, b.ledger.rejected),
  },
  beyondLive: a.beyondLive + b.beyondLive,
  late: a.late + b.late,
  series: [...a.series, ...b.series],
});

/** Two streams as one, in the order in which their events are due. */
export const joinSources = (first: EventSource, second: EventSource): EventSource => {
  let last = first;
  const next = (): EventSource => (second.dueMs < first.dueMs ? second : first);
  return {
    eventBytesMax: Math.max(first.eventBytesMax, second.eventBytesMax),
    get dueMs() {
      return next().dueMs;
    },
    get partitionKey() {
      return last.partitionKey;
    },
    write(bytes, at) {
      last = next();
      return last.write(bytes, at);
    },
    answers: () => addAnswers(first.answers(), second.answers()),
  };
};
