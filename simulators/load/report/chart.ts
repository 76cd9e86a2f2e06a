/** A line of a chart; points in order of x. */
export interface ChartLine {
  readonly name: string;
  /** A class of the page's style sheet, `c1` to `c4`. */
  readonly tone: "c1" | "c2" | "c3" | "c4";
  readonly points: readonly ChartPoint[];
  /** Points are marked, not joined. */
  readonly marks?: boolean;
}

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface Chart {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly lines: readonly ChartLine[];
  /** Decades in place of equal steps; below the least above 0 all is drawn at the bottom. */
  readonly logarithmic?: boolean;
  /** A bound, drawn across. */
  readonly bound?: { readonly y: number; readonly name: string };
  /** Ticks of the x axis; by default five equal steps. */
  readonly xTicks?: readonly { readonly x: number; readonly text: string }[];
}

const WIDTH = 640;
const HEIGHT = 260;
const LEFT = 64;
const RIGHT = 28;
const TOP = 12;
const BOTTOM = 36;
const STEPS = 5;

export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const numberText = (value: number): string => {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))}M`;
  if (value >= 10_000) return `${Number((value / 1_000).toPrecision(3))}k`;
  return value >= 10 || value === 0 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
};

/** The least 1, 2 or 5 times a power of ten that is no less. */
const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
};

interface Scale {
  readonly ticks: readonly number[];
  at(y: number): number;
}

const linearScale = (most: number): Scale => {
  const step = roundUp(Math.max(most, 1e-9) / STEPS);
  const top = step * Math.max(1, Math.ceil(most / step - 1e-9));
  return {
    ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step),
    at: (y) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - y / top),
  };
};

const logarithmicScale = (values: readonly number[]): Scale => {
  const above = values.filter((value) => value > 0);
  const least = Math.floor(Math.log10(Math.min(...above, 1)));
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...above, 1))));
  return {
    ticks: Array.from({ length: most - least + 1 }, (_, index) => 10 ** (least + index)),
    at: (y) => {
      const decade = Math.max(least, Math.log10(Math.max(y, 10 ** least)));
      return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (decade - least) / (most - least));
    },
  };
};

const marksOf = (points: readonly string[], tone: string): string =>
  points
    .map((point) => {
      const [cx, cy] = point.split(",");
      return `<circle class="${tone}" cx="${cx}" cy="${cy}" r="3.5"/>`;
    })
    .join("");

/** As SVG, with a legend and a description for who does not see it. */
export const chartSvg = ({ title, xName, yName, lines, logarithmic, bound, xTicks }: Chart): string => {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0)
    return `<figure><figcaption>${escapeHtml(title)}</figcaption><p>nothing was measured</p></figure>`;
  const values = [...points.map(({ y }) => y), ...(bound ? [bound.y] : [])];
  const scale = logarithmic ? logarithmicScale(values) : linearScale(Math.max(...values));
  const xs = points.map(({ x }) => x);
  const [xLeast, xMost] = [Math.min(...xs), Math.max(...xs)];
  const xAt = (x: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (x - xLeast)) / (xMost - xLeast || 1);
  const place = ({ x, y }: ChartPoint): string => `${xAt(x).toFixed(1)},${scale.at(y).toFixed(1)}`;
  const across = (y: number, tone: string): string =>
    `<line class="${tone}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${scale.at(y).toFixed(1)}" y2="${scale.at(y).toFixed(1)}"/>`;
  const ticks =
    xTicks ??
    Array.from({ length: STEPS + 1 }, (_, index) => {
      const x = xLeast + ((xMost - xLeast) * index) / STEPS;
      return { x, text: numberText(Math.round(x)) };
    });
  const drawn = lines.map(({ tone, points: own, marks }) =>
    marks
      ? marksOf(own.map(place), tone)
      : `<polyline class="${tone}" points="${own.map(place).join(" ")}"/>`,
  );
  const legend = [
    ...lines.map(({ name, tone }) => `<span class="${tone}">${escapeHtml(name)}</span>`),
    ...(bound ? [`<span class="bound">${escapeHtml(bound.name)}</span>`] : []),
  ];
  return `<figure><figcaption>${escapeHtml(title)} <small>${escapeHtml(yName)}</small></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}: ${lines.map(({ name }) => name).join(", ")}`)}">
${scale.ticks.map((tick) => `${across(tick, "grid")}<text x="${LEFT - 8}" y="${(scale.at(tick) + 4).toFixed(1)}" text-anchor="end">${numberText(tick)}</text>`).join("")}
${ticks.map(({ x, text }) => `<text x="${xAt(x).toFixed(1)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${escapeHtml(text)}</text>`).join("")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 2}" text-anchor="middle">${escapeHtml(xName)}</text>
${bound ? across(bound.y, "bound") : ""}
${drawn.join("\n")}
</svg><p class="legend">${legend.join("")}</p></figure>`;
};
