import { type Clock, systemClock } from "@freshet/sdk";
import { eachOutcome, type Outcomes, outcomesOf } from "@freshet/storage";
import { type Spool, startDrain, type Undelivered } from "@freshet/sdk/node";
import { eachEvent, type IntakeEvent, type IntakeEvents, OversizeEvent } from "./event.js";
import type { AcceptOptions, Intake } from "./intake.js";
import type { IntakeOutcome } from "./outcome.js";
import { withoutMarks } from "./untrusted.js";

export interface SpooledIntakeOptions {
  readonly intake: Intake;
  readonly spool: Spool;
  readonly clock?: Clock;
}

export interface SpooledIntake extends Intake {
  /** Resolves when the log has all that was spooled. */
  empty(): Promise<void>;
  /** Stops; what the log has not taken yet goes on with the next process that opens the spool. */
  close(): Promise<void>;
}

/** None of a call's events is safe: the log does not take them, and the spool is full. Nothing of what is `certain` is in the log. */
export class SpoolFullError extends Error {
  override readonly name = "SpoolFullError";
  constructor(
    readonly certain: boolean,
    readonly retryAfterMs: number,
    options?: ErrorOptions,
  ) {
    super("the log takes no more, and the spool is full", options);
  }
}

const RETRY_AFTER_MS = 1_000;

/**
 * An intake that keeps on this machine's disk what the log does not take, and hands it on when it does. Such events arrive when they
 * are handed on: late ones may be rejected then, which the dead letters show. Replays, which have arrival stamps, are not spooled.
 */
export const createSpooledIntake = ({
  intake,
  spool,
  clock = systemClock,
}: SpooledIntakeOptions): SpooledIntake => {
  const deliver = async (entries: readonly Uint8Array[]): Promise<Undelivered> => {
    // Marks that their sender may not set were taken off on the way in.
    const outcomes = await intake.accept(entries, { trusted: true });
    const waits = eachOutcome(outcomes).map((outcome) =>
      outcome.kind === "throttled" ? outcome.retryAfterMs : null,
    );
    return {
      entries: entries.filter((_, index) => waits[index] !== null),
      afterMs: waits.reduce<number | null>(
        (most, wait) => (wait === null ? most : Math.max(most ?? 0, wait)),
        null,
      ),
    };
  };
  const drain = startDrain({ spool, deliver, clock, random: (into) => void crypto.getRandomValues(into) });

  return {
    async accept(events, options) {
      if (options.arrivalMs) return intake.accept(events, options);
      const { accepted, cause } = await tried(intake, events, options);
      if (accepted.areStored) return accepted;
      const outcomes = [...eachOutcome(accepted)];
      const each = eachEvent(events);
      const places = each.flatMap((event, place) =>
        outcomes[place]?.kind === "throttled" && !(event instanceof OversizeEvent) ? [place] : [],
      );
      const entries = places.map((place) => entryOf(each[place] as IntakeEvent, options));
      const kept = places.length > 0 && (await spool.append(entries));
      if (kept) {
        drain.wake();
        for (const place of places) outcomes[place] = { kind: "spooled" };
      }
      const waits = outcomes.flatMap((outcome) =>
        outcome.kind === "throttled" ? [outcome.retryAfterMs] : [],
      );
      const none = waits.length > 0 && waits.length === outcomes.length;
      // Part of what came may be in the log where it failed: then no single event may be said not to be.
      if (none || (cause !== null && waits.length > 0))
        throw new SpoolFullError(cause === null, Math.max(...waits), { cause });
      return outcomesOf(outcomes);
    },
    empty: drain.empty,
    async close() {
      await drain.stop();
      await spool.close();
    },
  };
};

/** What the log said; where it failed, all of it is to be spooled. */
const tried = async (
  intake: Intake,
  events: IntakeEvents,
  options: AcceptOptions,
): Promise<{ readonly accepted: Outcomes<IntakeOutcome>; readonly cause: unknown }> => {
  try {
    return { accepted: await intake.accept(events, options), cause: null };
  } catch (cause) {
    if (cause instanceof TypeError) throw cause;
    const at = (): IntakeOutcome => ({ kind: "throttled", retryAfterMs: RETRY_AFTER_MS });
    return { accepted: { count: events.length, areStored: false, at }, cause };
  }
};

const entryOf = (event: IntakeEvent, { trusted }: AcceptOptions): Uint8Array => {
  const bytes = event instanceof Uint8Array ? event : Buffer.from(JSON.stringify(event));
  return trusted ? bytes : withoutMarks(bytes);
};
