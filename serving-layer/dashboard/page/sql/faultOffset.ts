/**
 * Where a statement fails, as DuckDB draws it: `LINE 2: SELECT x FRM t` and below it a caret. Null where it draws none.
 * Long lines are cut with `...` at the front: then the piece is looked for in the line.
 */
export const faultOffset = (sql: string, detail: string): number | null => {
  const drawn = /LINE (?<line>\d+): (?<piece>.*)\n(?<room> *)\^/.exec(detail)?.groups;
  if (!drawn) return null;
  const { line = "", piece = "", room = "" } = drawn;
  const lines = sql.split("\n");
  const index = Number(line) - 1;
  const text = lines[index];
  if (text === undefined) return null;
  const before = `LINE ${line}: `.length;
  const cut = piece.startsWith("...") ? 3 : 0;
  const shown = piece.slice(cut).replace(/\.{3}$/, "");
  const start = cut === 0 ? 0 : text.indexOf(shown);
  if (start < 0) return null;
  const column = start + room.length - before - cut;
  if (column < 0 || column > text.length) return null;
  return lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0) + column;
};
