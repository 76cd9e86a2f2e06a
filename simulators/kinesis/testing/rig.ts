import { KinesisClient } from "@aws-sdk/client-kinesis";
import { createRequestHandler } from "../edges/requestHandler.js";
import { createSimulatedKinesis, type SimulatedKinesisOptions } from "../simulatedKinesis.js";
import { createVirtualClock } from "../../time/virtualClock.js";

export const START_MS = Date.parse("2026-11-21T12:00:00Z");

/** A simulated Kinesis in virtual time, and a client of it that does not try again by itself. */
export const aRig = (options: Partial<SimulatedKinesisOptions> = {}) => {
  const clock = createVirtualClock(START_MS);
  const kinesis = createSimulatedKinesis({ seed: 1, clock, ...options });
  const client = new KinesisClient({
    region: "us-east-1",
    credentials: { accessKeyId: "k", secretAccessKey: "s" },
    requestHandler: createRequestHandler(kinesis.service, clock),
    maxAttempts: 1,
  });
  return { clock, kinesis, client };
};

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
