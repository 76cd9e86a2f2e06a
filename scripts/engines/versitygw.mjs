import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../prepare/run.mjs";
import { inPath, outputOf } from "./system.mjs";

const VERSION = "v1.8.0";
const MODULE = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
/** The least that it builds with; an older one would fetch a toolchain. */
const GO = "1.25";

const findGo = () => {
  const go = inPath("go");
  const [major, minor] = GO.split(".").map(Number);
  const found = /go(\d+)\.(\d+)/.exec((go && outputOf(go, ["env", "GOVERSION"])) ?? "");
  const isNewEnough =
    found && (Number(found[1]) > major || (Number(found[1]) === major && Number(found[2]) >= minor));
  return isNewEnough ? go : undefined;
};

/** The Versity gateway, which speaks S3 over a directory: what the tests need of the environment, or what is missing. */
export const prepareVersitygw = async (root) => {
  if (process.env.FRESHET_VERSITYGW) return { env: {} };
  const directory = join(root, ".prepare/versitygw", VERSION);
  const program = join(directory, "versitygw");
  if (!existsSync(program)) {
    const go = findGo();
    if (!go) {
      return {
        missing: [
          `The tests against S3's protocol need Go ${GO} or newer to build versitygw, and none was found.`,
          "Install Go (https://go.dev/doc/install), or set FRESHET_VERSITYGW to the executable of versitygw.",
        ],
      };
    }
    console.error(`Building versitygw ${VERSION} (2 minutes) ...`);
    const env = { ...process.env, GOBIN: directory, GOFLAGS: "", GOTOOLCHAIN: "local" };
    if ((await run([go, "install", MODULE], { env })) !== 0)
      return { missing: [`go could not install ${MODULE} in .prepare/versitygw.`] };
  }
  return { env: { FRESHET_VERSITYGW: program } };
};
