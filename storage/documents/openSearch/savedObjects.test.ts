import { expect, it } from "vitest";
import { CONTRACT_METRICS } from "../trend/trends.contract.js";
import { savedObjects } from "./savedObjects.js";
import { trendTemplate } from "./template.js";

const objects = savedObjects("test", CONTRACT_METRICS.slice(1));

it("names objects once, and refers to those that are there alone", () => {
  const names = objects.map(({ type, id }) => `${type} ${id}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(3 * 4 + 2);
  const referred = objects.flatMap(({ references }) => references.map(({ type, id }) => `${type} ${id}`));
  expect(referred.length).toBeGreaterThan(10);
  for (const name of referred) expect(names).toContain(name);
});

it("holds JSON in JSON as Dashboards wants it, on fields that the template has", () => {
  const [metric] = CONTRACT_METRICS.slice(1);
  const { template } = trendTemplate("test", metric as never) as {
    readonly template: { readonly mappings: { readonly properties: Readonly<Record<string, unknown>> } };
  };
  const has = (field: string): boolean =>
    field
      .split(".")
      .reduce<unknown>(
        (at, part) =>
          (at as { properties?: object } | undefined)?.properties?.[part as never] ??
          (at as object | undefined)?.[part as never],
        template.mappings,
      ) !== undefined;
  const fields = objects.slice(0, 4).flatMap(({ attributes }) => {
    const { visState, columns = [] } = attributes as { visState?: string; columns?: readonly string[] };
    const aggregated = visState
      ? (JSON.parse(visState) as { aggs: { params: { field: string } }[] }).aggs
      : [];
    return [...columns, ...aggregated.map(({ params }) => params.field)];
  });
  expect(fields).toContain("values.sizes");
  expect(fields.filter((field) => !has(field))).toEqual([]);
  for (const { attributes, references } of objects) {
    const { kibanaSavedObjectMeta, panelsJSON } = attributes as Readonly<Record<string, never>>;
    const { searchSourceJSON } = (kibanaSavedObjectMeta ?? {}) as { searchSourceJSON?: string };
    if (searchSourceJSON) expect(JSON.parse(searchSourceJSON)).toMatchObject({ filter: [] });
    if (panelsJSON) expect(JSON.parse(panelsJSON)).toHaveLength(references.length);
  }
});
