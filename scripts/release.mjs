// `npm run release`: lays out, packs and, when told to, publishes all packages. See HELP.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prepare } from "./prepare/prepare.mjs";
import { run } from "./prepare/run.mjs";
import { noticesOf } from "./release/notices.mjs";
import { publishedPackages, releaseFaults } from "./release/packages.mjs";
import { sbomOf } from "./release/sbom.mjs";
import { stagePackage } from "./release/stage.mjs";

const HELP = `npm run release [-- --tag vX.Y.Z] [--out DIR] [--publish]

Packs every package as it is published, with its third-party notices; writes an SBOM (CycloneDX) and SHA256SUMS beside them.
Without a tag it is a rehearsal. With one, the tag, all versions and CHANGELOG.md must agree. --publish needs a tag, and a runner that npm
gives a provenance for: see .github/workflows/release.yml.
`;
const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command; its output, or an error with it. */
const outputOf = async (command, cwd) => {
  const output = [];
  const code = await run(command, { cwd, onOutput: (text) => output.push(text) });
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output.join("")}`);
  return output.join("");
};

const packAll = async (packages, lock, out) => {
  const staging = join(out, "staging");
  const directories = packages.map((one) =>
    stagePackage(
      root,
      one,
      noticesOf(root, lock, one.folder),
      join(staging, one.folder.replaceAll("/", "-")),
    ),
  );
  await outputOf(["npm", "pack", ...directories, "--pack-destination", out, "--silent"], root);
  rmSync(staging, { recursive: true });
};

const writeSums = (out) => {
  const lines = readdirSync(out)
    .filter((file) => /\.(?:tgz|json)$/.test(file))
    .sort()
    .map(
      (file) =>
        `${createHash("sha256")
          .update(readFileSync(join(out, file)))
          .digest("hex")}  ${file}`,
    );
  writeFileSync(join(out, "SHA256SUMS"), `${lines.join("\n")}\n`);
};

const main = async () => {
  const { values } = parseArgs({
    options: {
      tag: { type: "string" },
      out: { type: "string", default: "release" },
      publish: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (values.publish && values.tag === undefined) {
    console.error("--publish needs --tag");
    return 1;
  }
  const prepared = await prepare();
  if (prepared !== 0) return prepared;
  const packages = publishedPackages(root);
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const faults = releaseFaults(packages, { tag: values.tag ?? null, changelog, root });
  if (faults.length > 0) {
    console.error(`Nothing was packed:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    return 1;
  }
  const out = resolve(values.out);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  await packAll(packages, lock, out);
  writeFileSync(join(out, "sbom.cdx.json"), `${JSON.stringify(sbomOf(lock, packages), null, 2)}\n`);
  writeSums(out);
  console.log(`${packages.length} packages of ${packages[0].manifest.version} in ${out}`);
  if (!values.publish) return 0;
  for (const { manifest } of packages) {
    const file = `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
    console.log(
      await outputOf(["npm", "publish", join(out, file), "--provenance", "--access", "public"], root),
    );
  }
  return 0;
};

process.exitCode = await main();
