import { createHash, createHmac } from "node:crypto";
import { KinesisError } from "../errors.js";
import type { Gate, WireRequest } from "./wire.js";

export interface GateOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly nowMs: () => number;
}

/** How far a request's clock may stand apart: AWS, "Elements of an AWS API request signature". */
const SKEW_MAX_MS = 5 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Lets in what one key has signed, by a clock not far from ours: Signature Version 4. */
export const createGate =
  ({ accessKeyId, secretAccessKey, nowMs }: GateOptions): Gate =>
  (request) => {
    const [, key, scope = "", signedHeaders = "", signature] =
      AUTHORIZATION.exec(request.headers["authorization"] ?? "") ?? [];
    if (key === undefined || key !== accessKeyId)
      throw new KinesisError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      );
    const date = request.headers["x-amz-date"] ?? "";
    if (Math.abs(parseDate(date) - nowMs()) > SKEW_MAX_MS)
      throw new KinesisError(
        "InvalidSignatureException",
        `Signature expired: ${date} is not within ${SKEW_MAX_MS / 60_000} min. of ${new Date(nowMs()).toISOString()}`,
      );
    if (signature !== sign(request, { date, scope, signedHeaders, secretAccessKey }))
      throw new KinesisError(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
      );
  };

const parseDate = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

interface Signing {
  readonly date: string;
  /** day/region/service/aws4_request */
  readonly scope: string;
  readonly signedHeaders: string;
  readonly secretAccessKey: string;
}

const sign = (
  { headers, path, body }: WireRequest,
  { date, scope, signedHeaders, secretAccessKey }: Signing,
): string => {
  const signed = signedHeaders.split(";").map((name) => `${name}:${(headers[name] ?? "").trim()}\n`);
  const canonical = ["POST", path, "", signed.join(""), signedHeaders, sha256(body)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")).toString("hex");
};
