import { Gone, Refused, Skeleton } from "../parts/states.js";
import { usePolled } from "../state/polled.js";
import { status, trouble } from "../state/server.js";
import type { LedgerByHour } from "./answers.js";
import { Books } from "./books.js";
import { DriftCard } from "./driftCard.js";
import { FreshnessCard } from "./freshnessCard.js";
import { Generation } from "./generation.js";
import type { Leases } from "./leases.js";
import { LedgerHours } from "./ledgerHours.js";
import { MissingCard } from "./missingCard.js";
import { Rejected } from "./rejected.js";
import { Shards } from "./shards.js";

const LEASES_EVERY_MS = 3_000;
const LEDGER_EVERY_MS = 10_000;

const Waiting = () => (
  <div class="page below">
    {[0, 1, 2].map((index) => (
      <section key={index} class="card">
        {trouble.value === "unreachable" ? (
          <Gone />
        ) : trouble.value ? (
          <Refused problem={trouble.value} />
        ) : (
          <Skeleton rows={3} />
        )}
      </section>
    ))}
  </div>
);

/** What batch keeps beside its counts. */
const BooksByTime = ({ nowMs }: { nowMs: number }) => {
  const ledger = usePolled<LedgerByHour>("/v1/ledger", LEDGER_EVERY_MS).polled.value;
  return (
    <>
      <LedgerHours polled={ledger} nowMs={nowMs} />
      <DriftCard />
    </>
  );
};

export const HealthPage = () => {
  const leases = usePolled<Leases>("/v1/leases", LEASES_EVERY_MS).polled.value.answer?.leases ?? null;
  if (!status.value) return <Waiting />;
  return (
    <div class="page below" data-lost={trouble.value === "unreachable" || undefined}>
      <MissingCard status={status.value} />
      <FreshnessCard status={status.value} />
      <Books status={status.value} />
      <Shards status={status.value} leases={leases} />
      <Generation status={status.value} />
      <Rejected status={status.value} />
      <BooksByTime nowMs={Date.parse(status.value.now)} />
    </div>
  );
};
