import type { SubscribeToShardEvent, SubscribeToShardInput } from "@aws-sdk/client-kinesis";
import { KinesisError } from "../errors.js";
import { type InputOf, isUnaryOperation } from "../operations.js";
import type { Subscription } from "../operations/subscribe.js";
import type { KinesisService } from "../service.js";
import { eventFrame } from "./eventFrame.js";
import { fromWire, toWire } from "./json.js";

const JSON_TYPE = "application/x-amz-json-1.1";
const EVENT_STREAM_TYPE = "application/vnd.amazon.eventstream";
const TARGET = "Kinesis_20131202.";

export interface WireRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly path: string;
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/** @throws KinesisError where the request is not let in */
export type Gate = (request: WireRequest) => void;

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole of it, or frames of an event stream as they come. */
  readonly body: Uint8Array | FrameSource;
}

export interface FrameSource {
  /** Null after the last. @throws ConnectionLost */
  next(): Promise<Uint8Array | null>;
  cancel(): void;
}

/**
 * One exchange by AWS JSON 1.1, as @aws-sdk/client-kinesis 3.1143 speaks it.
 * @throws ConnectionLost, or the signal's reason: there is no answer then
 */
export const answer = async (
  service: KinesisService,
  request: WireRequest,
  gate?: Gate,
): Promise<WireResponse> => {
  try {
    gate?.(request);
    return await carryOut(service, request);
  } catch (error) {
    if (error instanceof KinesisError) return refusal(error);
    throw error;
  }
};

const carryOut = async (
  service: KinesisService,
  { headers, body, signal }: WireRequest,
): Promise<WireResponse> => {
  if (headers["content-type"] !== JSON_TYPE)
    throw new KinesisError("SerializationException", `The content type must be ${JSON_TYPE}.`);
  const target = headers["x-amz-target"] ?? "";
  const operation = target.startsWith(TARGET) ? target.slice(TARGET.length) : "";
  if (operation === "SubscribeToShard") {
    const subscription = await service.subscribe(parse<SubscribeToShardInput>(body), signal);
    return {
      status: 200,
      headers: { ...COMMON_HEADERS, "content-type": EVENT_STREAM_TYPE },
      body: framesOf(subscription),
    };
  }
  if (!isUnaryOperation(operation))
    throw new KinesisError("UnknownOperationException", `${target} is not among what this simulator does.`);
  const output = await service.call(operation, parse<InputOf<typeof operation>>(body), signal);
  return { status: 200, headers: JSON_HEADERS, body: Buffer.from(toWire(output)) };
};

const COMMON_HEADERS = { "x-amzn-requestid": "00000000-0000-0000-0000-000000000000" };
const JSON_HEADERS = { ...COMMON_HEADERS, "content-type": JSON_TYPE };

const parse = <T extends object>(body: string): T => {
  try {
    return fromWire(body) as T;
  } catch {
    throw new KinesisError("SerializationException", "The body is no JSON object.");
  }
};

const STATUS_OF_FAULT = 500;
const STATUS_OF_ERROR = 400;

const refusal = ({ code, message }: KinesisError): WireResponse => ({
  status: code === "InternalFailure" ? STATUS_OF_FAULT : STATUS_OF_ERROR,
  headers: { ...JSON_HEADERS, "x-amzn-errortype": code },
  body: Buffer.from(toWire({ __type: code, message })),
});

const framesOf = (subscription: Subscription): FrameSource => {
  let isFirst = true;
  let isOver = false;
  return {
    cancel: () => subscription.cancel(),
    async next() {
      if (isOver) return null;
      if (isFirst) {
        isFirst = false;
        return eventOf("initial-response", {});
      }
      try {
        const event = await subscription.next();
        return event && eventOf("SubscribeToShardEvent", event);
      } catch (error) {
        isOver = true;
        if (error instanceof KinesisError) return exceptionOf(error);
        throw error;
      }
    },
  };
};

const eventOf = (type: string, payload: object | SubscribeToShardEvent): Uint8Array =>
  eventFrame(
    { ":event-type": type, ":content-type": JSON_TYPE, ":message-type": "event" },
    Buffer.from(toWire(payload)),
  );

const exceptionOf = ({ code, message }: KinesisError): Uint8Array =>
  eventFrame(
    { ":exception-type": code, ":content-type": JSON_TYPE, ":message-type": "exception" },
    Buffer.from(toWire({ message })),
  );
