import type { PictureStack } from "./graph.js";

const WIDTH = 186;
const GAP = 26;
const ROW_GAP = 54;
const LINE = 16;
const HEAD = 26;
const PADDING = 12;
const MARGIN = 20;

interface Box extends PictureStack {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** How many stacks must stand before one can. */
const ranksOf = (stacks: readonly PictureStack[]): ReadonlyMap<string, number> => {
  const needs = new Map(stacks.map((stack) => [stack.name, stack.needs]));
  const ranks = new Map<string, number>();
  const rankOf = (name: string): number => {
    const known = ranks.get(name);
    if (known !== undefined) return known;
    const rank = Math.max(0, ...(needs.get(name) ?? []).map((needed) => rankOf(needed) + 1));
    ranks.set(name, rank);
    return rank;
  };
  for (const { name } of stacks) rankOf(name);
  return ranks;
};

const heightOf = ({ holds }: PictureStack): number => HEAD + holds.length * LINE + PADDING;

const boxesOf = (stacks: readonly PictureStack[]): readonly Box[] => {
  const ranks = ranksOf(stacks);
  const rows = [...new Set(ranks.values())]
    .sort((a, b) => a - b)
    .map((rank) => stacks.filter(({ name }) => ranks.get(name) === rank));
  const widthOf = (count: number): number => count * (WIDTH + GAP) - GAP;
  const width = Math.max(...rows.map(({ length }) => widthOf(length)));
  let y = MARGIN;
  return rows.flatMap((row) => {
    const top = y;
    const left = MARGIN + (width - widthOf(row.length)) / 2;
    y += Math.max(...row.map(heightOf)) + ROW_GAP;
    return row.map((stack, index) => ({
      ...stack,
      x: left + index * (WIDTH + GAP),
      y: top,
      height: heightOf(stack),
    }));
  });
};

const boxText = ({ name, isStateful, holds, x, y, height }: Box): string => {
  const lines = holds.map(
    (text, index) =>
      `<text x="${x + PADDING}" y="${y + HEAD + PADDING + index * LINE}" class="what">${text}</text>`,
  );
  return `<g><rect x="${x}" y="${y}" width="${WIDTH}" height="${height}" rx="6" class="${isStateful ? "keeps" : "goes"}"/>
<text x="${x + PADDING}" y="${y + 20}" class="name">${name}</text>
${lines.join("\n")}</g>`;
};

const arrow = (from: Box, to: Box): string => {
  const [x1, y1] = [from.x + WIDTH / 2, from.y];
  const [x2, y2] = [to.x + WIDTH / 2, to.y + to.height];
  const middle = (y1 + y2) / 2;
  return `<path d="M${x1} ${y1} C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}" marker-end="url(#needs)"/>`;
};

/** Stacks as boxes, what needs nothing on top; an arrow goes from a stack to one that it needs. */
export const pictureSvg = (stacks: readonly PictureStack[]): string => {
  const boxes = boxesOf(stacks);
  const byName = new Map(boxes.map((box) => [box.name, box]));
  const arrows = boxes.flatMap((box) =>
    box.needs.flatMap((name) => {
      const needed = byName.get(name);
      return needed ? [arrow(box, needed)] : [];
    }),
  );
  const width = Math.max(...boxes.map(({ x }) => x + WIDTH)) + MARGIN;
  const height = Math.max(...boxes.map(({ y, height: own }) => y + own)) + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The stacks of a stage, and which needs which">
<style>
rect { stroke: #445; fill: #f4f6fa } rect.keeps { fill: #fdf1d8; stroke: #96600b; stroke-width: 2 }
text { font: 12px system-ui, sans-serif; fill: #223 } text.name { font-weight: 600; font-size: 14px }
path { fill: none; stroke: #8891a5 }
svg { background: #fff }
</style>
<defs><marker id="needs" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8" fill="none" stroke="#8891a5"/></marker></defs>
${arrows.join("\n")}
${boxes.map(boxText).join("\n")}
</svg>
`;
};
