import type { FirehoseEvent, FirehoseResponse } from "./event.js";
import { transformDelivery } from "./transform.js";

/** The function to name as the transform of a Firehose; it needs no configuration and no permission. */
export const handler = async (event: FirehoseEvent): Promise<FirehoseResponse> => transformDelivery(event);
