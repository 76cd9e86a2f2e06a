import { PlanError } from "./planError.js";
import { type Coefficients, COEFFICIENT_RANGES } from "./coefficients.js";
import { type PriceTable, type Prices, US_EAST_1 } from "./prices.js";

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown, what: string): Fields => {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new PlanError(`${what}: expected a JSON object`);
  return value as Fields;
};

const textOf = (fields: Fields, name: string, what: string): string => {
  const text = fields[name];
  if (typeof text !== "string" || text === "") throw new PlanError(`${what}: ${name} is missing`);
  return text;
};

const numberOf = (fields: Fields, name: string, what: string, least: number, most: number): number => {
  const value = fields[name];
  if (value === undefined) throw new PlanError(`${what}: ${name} is missing`);
  if (typeof value !== "number" || !(value >= least && value <= most))
    throw new PlanError(
      `${what}: ${name} is ${JSON.stringify(value)}, expected a number from ${least} to ${most}`,
    );
  return value;
};

const USD_MOST = 10_000;

/** @throws PlanError that names the price that is missing or no price. */
export const parsePrices = (value: unknown): PriceTable => {
  const table = fieldsOf(value, "prices");
  const usd = fieldsOf(table["usd"], "prices.usd");
  const names = Object.keys(US_EAST_1.usd) as (keyof Prices)[];
  return {
    region: textOf(table, "region", "prices"),
    asOf: textOf(table, "asOf", "prices"),
    source: textOf(table, "source", "prices"),
    usd: Object.fromEntries(
      names.map((name) => [name, numberOf(usd, name, "prices.usd", 0, USD_MOST)]),
    ) as unknown as Prices,
  };
};

/** @throws PlanError that names the coefficient that is missing or cannot be. */
export const parseCoefficients = (value: unknown): Coefficients => {
  const file = fieldsOf(value, "coefficients");
  if (file["format"] !== 1)
    throw new PlanError("coefficients: expected format 1; run `freshet calibrate` again");
  const measured = fieldsOf(file["measured"], "coefficients.measured");
  const names = Object.keys(COEFFICIENT_RANGES) as (keyof typeof COEFFICIENT_RANGES)[];
  return {
    format: 1,
    measuredAt: textOf(file, "measuredAt", "coefficients"),
    machine: textOf(file, "machine", "coefficients"),
    measured: Object.fromEntries(
      names.map((name) => [
        name,
        numberOf(measured, name, "coefficients.measured", ...COEFFICIENT_RANGES[name]),
      ]),
    ) as unknown as Coefficients["measured"],
  };
};
