import type { ShardStatus, StatusAnswer } from "../../../reader/reader.js";
import { spokenDuration } from "../text/duration.js";
import { momentText, wholeNumber } from "../text/format.js";
import { shortShard } from "../parts/missingText.js";
import { ratesOf } from "./history.js";
import { hasExpired, type Lease, ownerText, roleLeases, shardLease } from "./leases.js";
import { Trace } from "./trace.js";

/** Beyond this a shard is shown as lagging. */
const LAGGING_MS = 5_000;

const lagText = ({ lagMs, ended }: ShardStatus): string =>
  ended ? "ended" : lagMs === null ? "no worker" : lagMs < 1_000 ? "< 1 s" : spokenDuration(lagMs);

const Owner = ({ lease, nowMs }: { lease: Lease | undefined; nowMs: number }) => {
  if (!lease) return <span class="quiet">–</span>;
  const expired = hasExpired(lease, nowMs);
  return (
    <span class={expired ? "lag lag-late" : ""} title={lease.owner}>
      {ownerText(lease)}
      {expired && " · expired"}
    </span>
  );
};

interface RowProps {
  readonly shard: ShardStatus;
  readonly nowMs: number;
  readonly most: number;
  readonly leases: readonly Lease[] | null;
}

const ShardRow = ({ shard, nowMs, most, leases }: RowProps) => {
  const late = !shard.ended && (shard.lagMs === null || shard.lagMs > LAGGING_MS);
  return (
    <tr>
      <th scope="row" title={shard.shard}>
        {shortShard(shard.shard)}
      </th>
      <td class="trace-cell">
        <Trace values={ratesOf(shard.shard)} most={most} class="trace-rate" />
      </td>
      <td class="number">{wholeNumber(Math.round(shard.eventsPerSecond))}/s</td>
      <td class="number">
        <span class={late ? "lag lag-late" : "lag"}>{lagText(shard)}</span>
      </td>
      <td class="number">{shard.arrivalClock ? momentText(shard.arrivalClock, nowMs) : "–"}</td>
      <td class="number">{shard.cutThrough ? momentText(shard.cutThrough, nowMs) : "–"}</td>
      {leases && (
        <td class="owner">
          {shard.ended ? "–" : <Owner lease={shardLease(leases, shard.shard)} nowMs={nowMs} />}
        </td>
      )}
    </tr>
  );
};

export const Shards = ({ status, leases }: { status: StatusAnswer; leases: readonly Lease[] | null }) => {
  const nowMs = Date.parse(status.now);
  const rate = status.shards.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0);
  const most = Math.max(1, ...status.shards.flatMap(({ shard }) => ratesOf(shard)));
  const roles = roleLeases(leases ?? []);
  return (
    <section class="card wide" aria-labelledby="shards-title">
      <header class="card-head">
        <h2 id="shards-title">Shards</h2>
        <span class="quiet">{wholeNumber(Math.round(rate))} events/s</span>
      </header>
      <div class="table-scroll shard-scroll" role="region" aria-labelledby="shards-title" tabIndex={0}>
        <table class="shards">
          <thead>
            <tr>
              <th scope="col">Shard</th>
              <th scope="col" colSpan={2}>
                Rate
              </th>
              <th scope="col" class="number">
                Lag
              </th>
              <th scope="col" class="number" title="Start of the newest segment">
                Arrival clock
              </th>
              <th scope="col" class="number" title="Start of the last segment that batch contains">
                Cut
              </th>
              {leases && (
                <th scope="col" class="owner">
                  Lease owner
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {status.shards.map((shard) => (
              <ShardRow key={shard.shard} shard={shard} nowMs={nowMs} most={most} leases={leases} />
            ))}
          </tbody>
        </table>
      </div>
      {roles.length > 0 && (
        <ul class="roles" aria-label="Who does what for all shards">
          {roles.map((lease) => (
            <li key={lease.name}>
              <strong>{lease.name}</strong> <Owner lease={lease} nowMs={nowMs} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
