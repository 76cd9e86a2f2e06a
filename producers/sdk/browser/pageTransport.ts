import { type HttpTransportOptions, httpTransport } from "../httpTransport.js";
import type { Transport } from "../transport.js";

/** What browsers let requests have together that outlive their page: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
const KEEPALIVE_BYTES_MAX = 60_000;

/** The collector by `fetch`; small batches outlive the page. Not `sendBeacon`, which sends no key and hears no answer. */
export const pageTransport = (options: HttpTransportOptions): Transport => {
  const { fetch = globalThis.fetch } = options;
  const via = (keepalive: boolean): Transport =>
    httpTransport({ ...options, fetch: (url, init) => fetch(url, { ...init, keepalive }) });
  const lasting = via(true);
  const plain = via(false);
  let lastingBytes = 0;
  return {
    settings: {
      batchEventsMax: 100,
      batchBytesMax: KEEPALIVE_BYTES_MAX / 2,
      flushAfterMs: 1_000,
      inFlightBatchesMax: 2,
    },
    async send(batch, signal) {
      const bytes = batch.bytes + batch.events.length;
      if (lastingBytes + bytes > KEEPALIVE_BYTES_MAX) return plain.send(batch, signal);
      lastingBytes += bytes;
      try {
        return await lasting.send(batch, signal);
      } finally {
        lastingBytes -= bytes;
      }
    },
  };
};
