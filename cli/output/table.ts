/** Rows as aligned text; numbers to the right. Wide cells are cut so that a row fits `columnsMax`. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
  columnsMax = 160,
): string => {
  const cells = [head, ...rows].map((row) => row.map((cell) => (cell === null ? "-" : String(cell))));
  const cellMax = Math.max(12, Math.floor(columnsMax / head.length));
  const cut = (cell: string): string => (cell.length > cellMax ? `${cell.slice(0, cellMax - 1)}…` : cell);
  const widths = head.map((_, column) => Math.max(...cells.map((row) => cut(row[column] ?? "").length)));
  const numeric = head.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  return cells
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return numeric[column] ? cut(cell).padStart(width) : cut(cell).padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
