import { maxHeaderSize } from "node:http";
import { isIP } from "node:net";
import { constants } from "node:zlib";
import fastifyCompress, { type FastifyCompressOptions } from "@fastify/compress";
import { type Command, InvalidArgumentError } from "commander";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import { explainMetric } from "@freshet/batch-layer";
import { collectorPlugin, createIntake, createSpooledIntake } from "@freshet/producers";
import {
  apiPlugin,
  noteAllowedMethods,
  openBooks,
  type Reader,
  refuseWhileClosing,
  unroutedProblems,
} from "@freshet/serving-layer";
import { EXIT, Failure } from "../output/failure.js";
import { openAccess } from "./access.js";
import { currentApp } from "./currentApp.js";
import { drain } from "./drain.js";
import { openLetterDesk } from "./letterDesk.js";
import type { Line } from "./line.js";
import { openApiPlugin } from "./openApi.js";
import { integerAtLeast } from "./options.js";
import { openSpoolOf } from "./spool.js";
import { openSqlDesk } from "./sqlDesk.js";

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  readonly corsOrigin: readonly string[];
  readonly trustProxy?: string;
}

const DEFAULT_PORT = 4600;
const PROXY_NAMES = ["loopback", "linklocal", "uniquelocal"];
const BROTLI_QUALITY = 4;
const COMPRESSION: FastifyCompressOptions = {
  threshold: 1_024,
  encodings: ["br", "gzip"],
  brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
};

/** As fastify takes them. */
const proxyAddresses = (text: string): string => {
  for (const part of text.split(",")) {
    const [address = "", width = "0", ...rest] = part.split("/");
    const isNetwork = isIP(address) !== 0 && /^\d{1,3}$/.test(width) && rest.length === 0;
    if (!PROXY_NAMES.includes(part) && !isNetwork)
      throw new InvalidArgumentError(`expected addresses, networks, or ${PROXY_NAMES.join(", ")}`);
  }
  return text;
};

export const withServerOptions = (command: Command): Command =>
  command
    .option("--port <n>", "TCP port; 0 takes a free one", integerAtLeast(0), DEFAULT_PORT)
    .option(
      "--host <address>",
      "address to listen on; beyond loopback every request needs a key (`freshet keys create`)",
      "127.0.0.1",
    )
    .option(
      "--cors-origin <origin>",
      "a browser origin whose pages may post events and ask questions; repeatable",
      (text, before: readonly string[]) => [...before, text],
      [],
    )
    .option(
      "--trust-proxy <addresses>",
      "a proxy (or several, separated by commas) that says whose requests it passes on; every request needs a key then",
      proxyAddresses,
    );

/** Collector, API and dashboard on one server. @throws Failure when the port is taken, or a key is needed. */
export const startServer = async (
  line: Line,
  reader: Reader,
  options: ServerOptions,
): Promise<{ readonly address: string; close(): Promise<void> }> => {
  const access = await openAccess(line.data.records, options);
  const logger: FastifyBaseLogger = line.logger;
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    ...unroutedProblems,
    trustProxy: options.trustProxy ?? false,
    // Longer ones than the API takes are refused by its routes.
    routerOptions: { maxParamLength: maxHeaderSize },
  });
  refuseWhileClosing(server);
  noteAllowedMethods(server);
  await server.register(fastifyCompress, COMPRESSION);
  await server.register(openApiPlugin);
  const app = await currentApp(line.data.records);
  const intake = createIntake({ log: line.data.log, app, now: Date.now });
  const spool = await openSpoolOf(line.store);
  const spooled = spool && createSpooledIntake({ intake, spool });
  await server.register(collectorPlugin(spooled ?? intake, { access, corsOrigins: options.corsOrigin }));
  const { deadLetters, records, leases } = line.data;
  const desk = openLetterDesk(line, app, intake);
  const books = await openBooks({ data: line.data, duckdb: await line.duckdb(), now: line.data.now });
  server.addHook("onClose", () => books.close());
  await server.register(
    apiPlugin(reader, {
      access,
      corsOrigins: options.corsOrigin,
      explainMetric,
      letters: { deadLetters, records, desk },
      sql: openSqlDesk(line, reader),
      books,
      leases,
      ...(line.store.kind === "aws" && { requests: line.requests }),
    }),
  );
  try {
    const address = await server.listen({ port: options.port, host: options.host });
    return {
      address,
      async close() {
        await drain(server);
        await spooled?.close();
      },
    };
  } catch (error) {
    await server.close();
    await spooled?.close();
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new Failure(
        `port ${options.port} is taken: give --port, or --port 0 for a free one.`,
        EXIT.usage,
      );
    }
    throw error;
  }
};
