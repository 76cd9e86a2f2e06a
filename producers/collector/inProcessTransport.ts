import { eachOutcome } from "@freshet/storage";
import type { EventResult, Transport } from "@freshet/sdk";
import type { Intake } from "./intake.js";
import type { IntakeOutcome } from "./outcome.js";

/** For producers in the log's own process. */
export const inProcessTransport = (intake: Intake): Transport => ({
  async send({ events }) {
    const outcomes = await intake.accept(
      events.map(({ json }) => json),
      { trusted: true },
    );
    return { kind: "results", results: eachOutcome(outcomes).map(resultOf) };
  },
});

const resultOf = (outcome: IntakeOutcome): EventResult => {
  switch (outcome.kind) {
    case "stored":
    case "spooled":
      return { kind: "stored" };
    case "rejected":
      return { kind: "rejected", reason: outcome.reason, detail: outcome.detail };
    case "throttled":
      return { kind: "retry", afterMs: outcome.retryAfterMs };
  }
};
