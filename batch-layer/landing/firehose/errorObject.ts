import { linesOf } from "./object.js";

/** What Firehose says of one record that it could not transform or deliver; its position is not among it. */
export interface FailedDelivery {
  /** When it arrived at the stream. */
  readonly arrivalMs: number;
  readonly errorCode: string;
  readonly errorMessage: string;
}

const failedOf = (line: string): FailedDelivery | null => {
  try {
    const { arrivalTimestamp, errorCode, errorMessage } = JSON.parse(line) as Record<string, unknown>;
    if (typeof arrivalTimestamp !== "number") return null;
    return { arrivalMs: arrivalTimestamp, errorCode: String(errorCode), errorMessage: String(errorMessage) };
  } catch {
    return null;
  }
};

/** What an object under the error prefix tells; lines that are not Firehose's own are passed over. */
export const failedDeliveries = (object: Uint8Array): readonly FailedDelivery[] =>
  linesOf(object).flatMap((line) => failedOf(line) ?? []);
