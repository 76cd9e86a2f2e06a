import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { TEST_CREDENTIALS } from "./testTable.js";

const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_AFTER_MS = 50;
const ENDS_WITHIN_MS = 10_000;
const OUTPUT_CHARS_MAX = 4_000;

const freePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

interface Launch {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it chooses its port itself and prints it: one group of digits. */
  readonly portIn?: RegExp;
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (response) => {
      await response.arrayBuffer();
      return true;
    },
    () => false,
  );

/** Runs a server of others while the tests of a file run; ask for its endpoint inside a test. */
const serverForTests = (launch: (port: number, dir: string) => Promise<Launch>): (() => string) => {
  let child: ChildProcess;
  let dir: string;
  let endpoint: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "freshet-server-"));
    const port = await freePort();
    const { command, env, portIn } = await launch(port, dir);
    child = spawn(command[0] as string, command.slice(1), {
      cwd: dir,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
      });
    const found = (): string | undefined => (portIn ? portIn.exec(output)?.[1] : String(port));
    const isUp = async (): Promise<boolean> => {
      endpoint = `http://127.0.0.1:${found()}`;
      return found() !== undefined && answers(endpoint);
    };
    for (let waitedMs = 0; !(await isUp()); waitedMs += LOOK_AGAIN_AFTER_MS) {
      if (child.exitCode !== null || waitedMs > READY_WITHIN_MS)
        throw new Error(`${command[0]} did not start: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_AFTER_MS));
    }
  });
  afterAll(async () => {
    if (child.exitCode === null) {
      const ended = once(child, "exit");
      // functions that it runs are its own to end
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
      await ended;
      clearTimeout(late);
    }
    await rm(dir, { recursive: true, force: true });
  });
  return () => endpoint;
};

const program = (variable: string): string => {
  const found = process.env[variable];
  if (!found) throw new Error(`${variable} is not set: run this by \`npm run test:engines\``);
  return found;
};

/** MiniStack (DynamoDB, strict). */
export const ministackForTests = (): (() => string) =>
  serverForTests(async (port, dir) => ({
    command: [program("FRESHET_MINISTACK")],
    env: {
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      HOME: dir,
      TMPDIR: dir,
      // what functions that it runs are told
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    },
  }));

/** The Versity gateway: S3 over a directory. */
export const versitygwForTests = (): (() => string) =>
  serverForTests(async (port, dir) => {
    for (const part of ["objects", "attributes"]) await mkdir(join(dir, part));
    return {
      command: [
        program("FRESHET_VERSITYGW"),
        ...["--port", `127.0.0.1:${port}`],
        ...["posix", "--sidecar", join(dir, "attributes"), join(dir, "objects")],
      ],
      env: {
        ROOT_ACCESS_KEY: TEST_CREDENTIALS.accessKeyId,
        ROOT_SECRET_KEY: TEST_CREDENTIALS.secretAccessKey,
      },
    };
  });

/** Its main class takes the first free port above, below 9300, and says which. */
const OPENSEARCH_PORTS = { from: 9_200, count: 60 };
const OPENSEARCH_SETTINGS = [
  "network.host: 127.0.0.1",
  "discovery.type: single-node",
  "transport.port: 0",
  "cluster.routing.allocation.disk.threshold_enabled: false",
  "node.processors: 2",
];
const OPENSEARCH_LOGGING = [
  "appender.console.type = Console",
  "appender.console.name = console",
  "rootLogger.level = warn",
  "rootLogger.appenderRef.console.ref = console",
];
/** Without analysis for languages: a Java of a few locales has no Thai, and an index wants all analyzers or none. */
const OPENSEARCH_MODULES = [
  "org.opensearch.transport.Netty4ModulePlugin",
  "org.opensearch.index.mapper.MapperExtrasModulePlugin",
];

/** OpenSearch itself, one node. */
export const openSearchForTests = (): (() => string) =>
  serverForTests(async (port, dir) => {
    const config = join(dir, "node_1/config");
    await mkdir(config, { recursive: true });
    await writeFile(join(config, "opensearch.yml"), `${OPENSEARCH_SETTINGS.join("\n")}\n`);
    await writeFile(join(config, "log4j2.properties"), `${OPENSEARCH_LOGGING.join("\n")}\n`);
    return {
      command: [
        program("FRESHET_OPENSEARCH_JAVA"),
        ...["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"],
        ...["-cp", join(program("FRESHET_OPENSEARCH"), "*")],
        "org.codelibs.opensearch.runner.OpenSearchRunner",
        ...["-basePath", dir, "-numOfNode", "1", "-moduleTypes", OPENSEARCH_MODULES.join()],
        ...["-baseHttpPort", String(OPENSEARCH_PORTS.from + (port % OPENSEARCH_PORTS.count))],
      ],
      env: {},
      portIn: /^HTTP Port: +(\d+)$/m,
    };
  });
