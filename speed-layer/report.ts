import type { Gap, Reason, SegmentKey, SequenceNumber, ShardId, Tick } from "@freshet/model";

/** What a worker tells whoever wired it: for logs and for assigning shards. Never holds a body or a field of an event. */
export type SpeedReport =
  | { readonly kind: "shard_started"; readonly shard: ShardId; readonly after: SequenceNumber | null }
  | { readonly kind: "shard_ended"; readonly shard: ShardId; readonly children: readonly ShardId[] }
  | { readonly kind: "gap"; readonly shard: ShardId; readonly gap: Gap }
  | {
      readonly kind: "dead_letters";
      readonly shard: ShardId;
      readonly counts: Readonly<Partial<Record<Reason, number>>>;
    }
  /** A tick lies beyond `knownThrough`: the coordinator is asked to go there. */
  | { readonly kind: "blocked"; readonly shard: ShardId; readonly tick: Tick }
  /** Folding falls back: the log takes nothing from producers for a while. */
  | { readonly kind: "holding_back"; readonly lagMs: number; readonly holdMs: number }
  /** A defect: the stored finished segment differs from what was folded. The shard is stopped. */
  | {
      readonly kind: "conflict";
      readonly shard: ShardId;
      readonly segment: SegmentKey;
      readonly message: string;
    };

export type Report = (report: SpeedReport) => void;
