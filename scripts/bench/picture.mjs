// The results as SVG: a bar for each row that has a twin, and where the time goes. Made by hand, so that it is the same everywhere.
import { amount, isWithin, reachesAim } from "./result.mjs";

const WIDTH = 880;
const MARGIN = 24;
const BAR_LEFT = 330;
const BAR_RIGHT = 640;
const ROW = 44;
const STAGE_ROW = 26;
const RATIO_MIN = 0.25;
const RATIO_MAX = 32;
const COLOURS = { aim: "#2f855a", must: "#d9822b", below: "#c53030" };
const STAGE_COLOURS = [
  "#2b6cb0",
  "#2c7a7b",
  "#2f855a",
  "#b7791f",
  "#c05621",
  "#9b2c2c",
  "#6b46c1",
  "#4a5568",
];

const escaped = (text) =>
  String(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const text = (x, y, content, { size = 13, fill = "#1d2939", anchor = "start" } = {}) =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}">${escaped(content)}</text>`;

const ratioX = (ratio) => {
  const within = Math.min(RATIO_MAX, Math.max(RATIO_MIN, ratio));
  const share = Math.log(within / RATIO_MIN) / Math.log(RATIO_MAX / RATIO_MIN);
  return Math.round(BAR_LEFT + share * (BAR_RIGHT - BAR_LEFT));
};

const mark = (ratio, y, dash) =>
  ratio === undefined
    ? ""
    : `<path d="M${ratioX(ratio)} ${y - 5}v26" stroke="#1d2939" stroke-width="1.5"${dash ? ' stroke-dasharray="3 3"' : ""}/>`;

const rateRow = (result, y) => {
  const { name, value, unit, ratio, against, min, aim } = result;
  const colour = isWithin(result) ? (reachesAim(result) ? COLOURS.aim : COLOURS.must) : COLOURS.below;
  return [
    text(MARGIN, y + 8, name),
    text(MARGIN, y + 24, `against ${against ?? "its twin"}`, { size: 11, fill: "#667085" }),
    `<rect x="${BAR_LEFT}" y="${y}" width="${Math.max(1, ratioX(ratio) - BAR_LEFT)}" height="16" rx="2" fill="${colour}"/>`,
    mark(min, y, false),
    mark(aim, y, true),
    text(BAR_RIGHT + 16, y + 13, `${ratio.toFixed(2)} x · ${amount(value)} ${unit}`),
  ].join("");
};

const ratioAxis = (y, height) =>
  [1, 2, 4, 8, 16]
    .map(
      (ratio) =>
        `<path d="M${ratioX(ratio)} ${y}v${height}" stroke="#e4e7ec"/>` +
        text(ratioX(ratio), y - 4, `${ratio} x`, { size: 11, fill: "#667085", anchor: "middle" }),
    )
    .join("");

const rates = (rows, y) => {
  const height = rows.length * ROW;
  return {
    svg: [
      text(MARGIN, y + 16, "Times as fast as the twin in the same run", { size: 15 }),
      text(MARGIN, y + 34, "solid mark: must; dashed: aim", { size: 11, fill: "#667085" }),
      ratioAxis(y + 40, height),
      ...rows.map((row, index) => rateRow(row, y + 50 + index * ROW)),
    ].join("\n"),
    height: 60 + height,
  };
};

const stages = (rows, y) => {
  const whole = rows.reduce((sum, { value }) => sum + value, 0);
  const most = Math.max(...rows.map(({ value }) => value));
  const lines = rows.map(({ name, value, unit }, index) => {
    const at = y + 34 + index * STAGE_ROW;
    const width = Math.max(1, Math.round((value / most) * (BAR_RIGHT - BAR_LEFT)));
    const colour = STAGE_COLOURS[index % STAGE_COLOURS.length];
    return [
      text(MARGIN, at + 12, name),
      `<rect x="${BAR_LEFT}" y="${at}" width="${width}" height="16" rx="2" fill="${colour}"/>`,
      text(BAR_RIGHT + 16, at + 12, `${Math.round(value)} ${unit} · ${Math.round((value / whole) * 100)} %`),
    ].join("");
  });
  return {
    svg: [
      text(MARGIN, y + 16, `Where the time goes: ${Math.round(whole)} ${rows[0].unit}`, { size: 15 }),
      ...lines,
    ].join("\n"),
    height: 50 + rows.length * STAGE_ROW,
  };
};

/** Null where there is nothing to show. */
export const picture = (results, { node, cpu, cores, date }) => {
  const charts = [
    { rows: results.filter(({ chart, ratio }) => chart === "rates" && ratio !== undefined), draw: rates },
    { rows: results.filter(({ chart }) => chart === "stages"), draw: stages },
  ].filter(({ rows }) => rows.length > 0);
  if (charts.length === 0) return null;
  let y = 40;
  const drawn = charts.map(({ rows, draw }) => {
    const { svg, height } = draw(rows, y);
    y += height + 16;
    return svg;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="Results of the benchmarks" font-family="system-ui, sans-serif">
<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>
${text(MARGIN, 26, `Node ${node}, ${cpu}, ${cores} cores, ${date}`, { size: 12, fill: "#475467" })}
${drawn.join("\n")}
</svg>
`;
};
