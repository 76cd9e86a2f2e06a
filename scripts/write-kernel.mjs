// Compiles the scanner's kernel and embeds it: `npm run kernel`. With --check, only tells whether it is unchanged.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const folder = fileURLToPath(new URL("../model/event/scan/wasm/", import.meta.url));
const file = join(folder, "kernel.generated.ts");
const LINE = 100;
const options = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--initialMemory", "1"];

const compile = async () => {
  const errors = [];
  const output = mkdtempSync(join(tmpdir(), "freshet-kernel-"));
  try {
    const binary = join(output, "kernel.wasm");
    const { error } = await main(
      ["scan.ts", "--baseDir", join(folder, "kernel"), "--outFile", binary, ...options],
      { stderr: { write: (text) => errors.push(text) } },
    );
    if (error) throw new Error(`asc: ${errors.join("")}`, { cause: error });
    return readFileSync(binary).toString("base64");
  } finally {
    rmSync(output, { recursive: true });
  }
};

const code = await compile();
const lines = Array.from({ length: Math.ceil(code.length / LINE) }, (_, index) =>
  code.slice(index * LINE, (index + 1) * LINE),
);
const source = `// Made of kernel/*.ts by \`npm run kernel\`.\nexport const KERNEL =\n${lines.map((line) => `  "${line}"`).join(" +\n")};\n`;

if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== source) {
    console.log("model/event/scan/wasm/kernel.generated.ts is not what its sources give: npm run kernel");
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, source);
  console.log(`${Math.round((code.length * 3) / 4)} bytes of WebAssembly`);
}
