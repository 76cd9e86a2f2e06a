import type { FastifyError, FastifyReply, FastifyRequest, FastifyServerOptions } from "fastify";
import { handleError, MEDIA_TYPE } from "./errorHandler.js";
import { type Problem, problem } from "./problem.js";

const UNREADABLE = problem(
  "bad_request",
  "The request cannot be read",
  400,
  "It is not HTTP/1.1 as this server reads it: look at the method, the address and the headers.",
);
const TOO_LONG = problem(
  "headers_too_large",
  "Address and headers are too long",
  431,
  "Send at most 16 KiB of address and headers: fewer or shorter parameters.",
);
const TOO_SLOW = problem(
  "timed_out",
  "The request did not come to its end",
  408,
  "Send it again, faster or smaller.",
);

const problemOf = (code: string | undefined): Problem => {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return TOO_LONG;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return TOO_SLOW;
    default:
      return UNREADABLE;
  }
};

const textOf = (body: Problem): string => {
  const text = JSON.stringify(body);
  return [
    `HTTP/1.1 ${body.status} ${body.title}`,
    `content-type: ${MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
    "",
    text,
  ].join("\r\n");
};

/** For the server's options: what never comes to a route, or is no HTTP at all, is answered with a problem too. */
export const unroutedProblems = {
  frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    void handleError(error, request, reply);
  },
  clientErrorHandler: (error, socket) => {
    if (error.code === "ECONNRESET" || socket.destroyed) return;
    if (socket.writable) socket.write(textOf(problemOf(error.code)));
    socket.destroy();
  },
  // See `refuseWhileClosing`.
  return503OnClosing: false,
} satisfies Pick<FastifyServerOptions, "frameworkErrors" | "clientErrorHandler" | "return503OnClosing">;
