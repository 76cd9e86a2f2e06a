import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { createSqlDesk, type Reader, type SqlDesk } from "@freshet/serving-layer";
import type { Line } from "./line.js";

/** A statement takes at most half of the machine. */
const THREADS = Math.max(1, Math.floor(availableParallelism() / 2));

/** SQL over a data directory; no process is started before the first statement. */
export const openSqlDesk = (line: Line, reader: Reader): SqlDesk =>
  createSqlDesk({
    reader,
    lake: line.data.lake,
    log: line.data.log.identity.id,
    newId: randomUUID,
    now: () => performance.now(),
    threads: THREADS,
  });
