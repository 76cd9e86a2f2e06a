import { type Command, InvalidArgumentError } from "commander";
import {
  type AccessKey,
  createAccessKey,
  listAccessKeys,
  revokeAccessKey,
  type Scope,
  SCOPES,
} from "@freshet/storage";
import { Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { type Line, openLine } from "../wiring/line.js";
import { type CommonOptions, positiveNumber, withCommonOptions } from "../wiring/options.js";

interface CreateOptions extends CommonOptions {
  readonly scopes: readonly Scope[];
  readonly rate?: number;
}

const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);

const scopesOf = (text: string): readonly Scope[] =>
  [...new Set(text.split(","))].map((scope) => {
    if (!isScope(scope))
      throw new InvalidArgumentError(`expected some of ${SCOPES.join(", ")}, separated by commas`);
    return scope;
  });

const shown = ({ id, name, scopes, requestsPerSecond, createdMs, revokedMs }: AccessKey) => ({
  id,
  name,
  scopes,
  requestsPerSecond,
  created: new Date(createdMs).toISOString(),
  revoked: revokedMs === null ? null : new Date(revokedMs).toISOString(),
});

const withLine = async <T>(
  options: CommonOptions,
  action: (line: Line) => Promise<T>,
  create?: Parameters<typeof openLine>[1],
) => {
  const line = await openLine(options, create);
  try {
    return await action(line);
  } finally {
    await line.close();
  }
};

const registerCreate = (keys: Command): void => {
  withCommonOptions(keys.command("create <name>"))
    .description("make a key and print its text, once; makes the data directory where there is none")
    .requiredOption("--scopes <list>", `what it allows: ${SCOPES.join(", ")}`, scopesOf)
    .option("--rate <requests>", "requests a second that it allows; no limit by default", positiveNumber)
    .action((name: string, options: CreateOptions) => {
      const make = async ({ data }: Line): Promise<void> => {
        const wanted = { name, scopes: options.scopes, requestsPerSecond: options.rate ?? null };
        const { key, text } = await createAccessKey(data.records, wanted, Date.now());
        const output = createOutput(options.json, process, Date.now);
        output.result({ ...shown(key), key: text }, () => text);
        if (!options.json)
          output.note("Keep it: only its hash is stored. A running server knows it after 5 s.");
      };
      // The first key may have to be there before a server that needs one can start.
      return withLine(options, make, {});
    });
};

const registerList = (keys: Command): void => {
  withCommonOptions(keys.command("list"))
    .description("the keys, revoked ones too")
    .action((options: CommonOptions) =>
      withLine(options, async ({ data }) => {
        const list = (await listAccessKeys(data.records)).map(shown);
        createOutput(options.json, process, Date.now).result({ keys: list }, () =>
          list.length === 0
            ? "No keys. `freshet keys create NAME --scopes emit,read` makes one."
            : table(
                ["id", "name", "scopes", "requests/s", "created", "revoked"],
                list.map((key) => [
                  key.id,
                  key.name,
                  key.scopes.join(","),
                  key.requestsPerSecond === null ? "" : String(key.requestsPerSecond),
                  key.created,
                  key.revoked ?? "",
                ]),
              ),
        );
      }),
    );
};

const registerRevoke = (keys: Command): void => {
  withCommonOptions(keys.command("revoke <id>"))
    .description("end a key; running servers refuse it within 5 s")
    .action((id: string, options: CommonOptions) =>
      withLine(options, async ({ data }) => {
        const key = await revokeAccessKey(data.records, id, Date.now());
        if (!key) throw new Failure(`there is no key ${id}: \`freshet keys list\` names them.`);
        createOutput(options.json, process, Date.now).result(
          shown(key),
          () => `Revoked ${key.id} (${key.name}).`,
        );
      }),
    );
};

/** `freshet keys`: who may use the API and the collector. */
export const registerKeys = (program: Command): void => {
  const keys = program.command("keys").description("keys of the API and the collector, with scopes");
  registerCreate(keys);
  registerList(keys);
  registerRevoke(keys);
};
