/** What the chart takes from the style sheet: the canvas does not know its variables. */
export interface Palette {
  readonly settled: string;
  readonly live: string;
  readonly text: string;
  readonly line: string;
  readonly surface: string;
  readonly good: string;
  /** By a key's number. */
  readonly keys: readonly string[];
}

export const KEY_COLORS = 6;

export const readPalette = (): Palette => {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    settled: read("--settled"),
    live: read("--live"),
    text: read("--quiet"),
    line: read("--line"),
    surface: read("--surface"),
    good: read("--good"),
    keys: Array.from({ length: KEY_COLORS }, (_, index) => read(`--key-${index + 1}`)),
  };
};

const HATCH_PX = 8;

/** Diagonal lines, so that live is told from settled without its colour. */
export const hatch = (color: string, ratio: number): CanvasPattern | string => {
  const size = HATCH_PX * ratio;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const context = tile.getContext("2d");
  if (!context) return "transparent";
  context.strokeStyle = color;
  context.globalAlpha = 0.38;
  context.lineWidth = 1.6 * ratio;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift, size);
    context.lineTo(shift + size, 0);
  }
  context.stroke();
  return context.createPattern(tile, "repeat") ?? "transparent";
};

export const faded = (color: string, alpha: number): string =>
  `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`;
