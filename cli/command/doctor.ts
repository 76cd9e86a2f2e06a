import type { Command } from "commander";
import { EXIT, Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { examine } from "../wiring/examine.js";
import type { Finding } from "../wiring/finding.js";
import { type CommonOptions, withCommonOptions } from "../wiring/options.js";

/** As wide as a line may be; what is longer is said in full below. */
const COLUMNS_MAX = 260;

const inFull = ({ what, found, advice }: Finding): string =>
  `${what}: ${found}${advice === undefined ? "" : `\n  ${advice}`}`;

const MARK = { ok: "ok", warning: "warn", problem: "PROBLEM" } as const;

/** `freshet doctor`: looks at everything, changes nothing, says what to do. */
export const registerDoctor = (program: Command): void => {
  withCommonOptions(program.command("doctor"))
    .description("check the machine, the config, the data directory and the books; changes nothing")
    .action(async (options: CommonOptions) => {
      const findings = await examine(options, Date.now());
      const problems = findings.filter(({ verdict }) => verdict === "problem");
      createOutput(options.json, process, Date.now).result({ findings, problems: problems.length }, () =>
        [
          table(
            ["", "what", "found", "what to do"],
            findings.map(({ verdict, what, found, advice }) => [MARK[verdict], what, found, advice ?? ""]),
            COLUMNS_MAX,
          ),
          ...problems.map(inFull),
        ].join("\n"),
      );
      if (problems.length > 0) {
        throw new Failure(
          `${problems.length} problem${problems.length > 1 ? "s" : ""} found`,
          EXIT.unbalanced,
        );
      }
    });
};
