import type { ShardStatus, StatusAnswer } from "../../../reader/reader.js";
import { spokenDuration } from "../text/duration.js";
import { momentText, wholeNumber } from "../text/format.js";
import { shortShard } from "../parts/missingText.js";

/** Beyond this a shard is shown as lagging. */
const LAGGING_MS = 5_000;

const lagText = ({ lagMs, ended }: ShardStatus): string =>
  ended ? "ended" : lagMs === null ? "no worker" : lagMs < 1_000 ? "< 1 s" : spokenDuration(lagMs);

const ShardRow = ({ shard, nowMs }: { shard: ShardStatus; nowMs: number }) => {
  const late = !shard.ended && (shard.lagMs === null || shard.lagMs > LAGGING_MS);
  return (
    <tr>
      <th scope="row" title={shard.shard}>
        {shortShard(shard.shard)}
      </th>
      <td class="number">{wholeNumber(Math.round(shard.eventsPerSecond))}/s</td>
      <td class="number">
        <span class={late ? "lag lag-late" : "lag"}>{lagText(shard)}</span>
      </td>
      <td class="number">{shard.arrivalClock ? momentText(shard.arrivalClock, nowMs) : "–"}</td>
      <td class="number">{shard.cutThrough ? momentText(shard.cutThrough, nowMs) : "–"}</td>
    </tr>
  );
};

export const Shards = ({ status }: { status: StatusAnswer }) => {
  const nowMs = Date.parse(status.now);
  const rate = status.shards.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0);
  return (
    <section class="card" aria-labelledby="shards-title">
      <header class="card-head">
        <h2 id="shards-title">Shards</h2>
        <span class="quiet">{wholeNumber(Math.round(rate))} events/s</span>
      </header>
      <div class="table-scroll">
        <table class="shards">
          <thead>
            <tr>
              <th scope="col">Shard</th>
              <th scope="col" class="number">
                Rate
              </th>
              <th scope="col" class="number">
                Lag
              </th>
              <th scope="col" class="number" title="Start of the newest segment">
                Clock
              </th>
              <th scope="col" class="number" title="Start of the last segment that batch contains">
                Cut
              </th>
            </tr>
          </thead>
          <tbody>
            {status.shards.map((shard) => (
              <ShardRow key={shard.shard} shard={shard} nowMs={nowMs} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
};
