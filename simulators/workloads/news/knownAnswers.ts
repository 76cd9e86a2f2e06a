import type { LedgerCounts, Reason } from "@freshet/model";
import type { SimulatedEvent } from "./slots.js";

/** What the books must say in the end, when every copy has been found, however far it lay. `records` is one an event. */
export const knownLedger = (events: Iterable<SimulatedEvent>): LedgerCounts => {
  let accepted = 0;
  let duplicates = 0;
  let bad = 0;
  const rejected: Partial<Record<Reason, number>> = {};
  for (const simulated of events) {
    switch (simulated.kind) {
      case "view":
      case "late":
        accepted++;
        break;
      case "near_duplicate":
      case "far_duplicate":
        duplicates++;
        break;
      case "bad":
        bad++;
        rejected[simulated.reason] = (rejected[simulated.reason] ?? 0) + 1;
    }
  }
  const total = accepted + duplicates + bad;
  return { records: total, events: total, accepted, duplicates, rejected };
};
