import { type Command, Option } from "commander";
import { catalogueStatements, VIEW_ENGINES, type ViewEngine } from "@freshet/batch-layer";
import { toAppDocument } from "@freshet/model";
import { createOutput } from "../output/print.js";
import { loadApp } from "../wiring/loadApp.js";
import { DEFAULT_APP } from "../wiring/options.js";

interface CatalogueCommandOptions {
  readonly app: string;
  readonly lake: string;
  readonly engine: ViewEngine;
  readonly schema: string;
  readonly json: boolean;
}

const withSlash = (uri: string): string => (uri.endsWith("/") ? uri : `${uri}/`);

/** `freshet catalogue`: what an engine that reads the lake by itself is told once. */
export const registerCatalogue = (program: Command): void => {
  program
    .command("catalogue")
    .description("the SQL by which another engine reads raw events and the standing generation from the lake")
    .addOption(new Option("--engine <engine>", "who reads").choices(VIEW_ENGINES).makeOptionMandatory())
    .requiredOption(
      "--lake <uri>",
      "where the lake lies, as that engine reaches it: s3://BUCKET/lake/, or a directory",
    )
    .option("--schema <name>", "Redshift's external schema of the catalogue's database", "freshet")
    .option("--app <config>", "the app's config file", DEFAULT_APP)
    .option("--json", "print JSON to standard output", false)
    .action(async ({ app: path, lake, engine, schema, json }: CatalogueCommandOptions) => {
      const app = toAppDocument(await loadApp(path));
      const statements = catalogueStatements({ app, engine, lakeUri: withSlash(lake), schema });
      createOutput(json, process, Date.now).result({ statements }, () =>
        statements.map((statement) => `${statement};\n`).join("\n"),
      );
    });
};
