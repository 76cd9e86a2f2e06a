// A line of a benchmark's results; see `npm run bench -- --help`.
const KNOWN = new Set("name value unit ratio against max min aim mustRate aimRate best chart".split(" "));

/** Null for a line that is not one. */
export const parseResult = (line) => {
  if (!line.startsWith("{")) return null;
  try {
    const result = JSON.parse(line);
    return typeof result.name === "string" && typeof result.value === "number" ? result : null;
  } catch {
    return null;
  }
};

const measured = ({ value, ratio }) => ratio ?? value;

export const isWithin = (result) => {
  const { max, min } = result;
  return (max === undefined || measured(result) <= max) && (min === undefined || measured(result) >= min);
};

/** Where what is aimed at lies on the good side of the bound: below a `max`, else above. */
export const reachesAim = (result) => {
  const { aim, max } = result;
  if (aim === undefined) return isWithin(result);
  return max === undefined ? measured(result) >= aim : measured(result) <= aim;
};

export const amount = (value) => {
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (Math.abs(value) >= 1e4) return `${Math.round(value / 1e3)} k`;
  return String(Number(value.toPrecision(3)));
};

export const describe = (result) => {
  const { name, value, unit, ratio, against, max, min, aim, mustRate, aimRate, best } = result;
  const parts = [`${name}: ${amount(value)} ${unit}`];
  if (best !== undefined) parts[0] += ` (best ${amount(best)})`;
  if (ratio !== undefined) parts.push(`${ratio.toFixed(2)} x ${against ?? "its twin"}`);
  if (max !== undefined) parts.push(`at most ${max}`);
  if (min !== undefined) parts.push(`at least ${min}`);
  if (aim !== undefined) parts.push(`aim ${aim}`);
  if (mustRate !== undefined) parts.push(`must ${amount(mustRate)} ${unit} on the reference machine`);
  if (aimRate !== undefined) parts.push(`aim ${amount(aimRate)} ${unit}`);
  const details = Object.entries(result).filter(([key]) => !KNOWN.has(key));
  if (details.length > 0) parts.push(details.map(([key, detail]) => `${key} ${short(detail)}`).join(", "));
  return `  ${isWithin(result) ? "     " : "OVER "} ${parts.join(" | ")}`;
};

const short = (detail) =>
  typeof detail === "number" && !Number.isInteger(detail) ? String(Number(detail.toPrecision(3))) : detail;
