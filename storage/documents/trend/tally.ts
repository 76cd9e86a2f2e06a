import type { RefusedWrite, TrendReport } from "./port.js";

/** What became of one write. */
export type WriteFate =
  | { readonly kind: "written" }
  | { readonly kind: "superseded" }
  | { readonly kind: "refused"; readonly refused: RefusedWrite };

export const tally = (fates: readonly WriteFate[]): TrendReport => ({
  written: fates.filter(({ kind }) => kind === "written").length,
  superseded: fates.filter(({ kind }) => kind === "superseded").length,
  refused: fates.flatMap((fate) => (fate.kind === "refused" ? [fate.refused] : [])),
});
