import {
  breakOff,
  type HttpRequest,
  type HttpResponse,
  listenToBoth,
  type Random,
} from "@freshet/simulators";
import { type Asked, askedBy, isWrite, type Service, throttle } from "./serviceOf.js";

/** Chances, of each request. */
export interface WireFaults {
  /** The request takes effect, and the connection breaks before its answer. */
  readonly answerLost: number;
  readonly throttled: number;
}

/** How often each thing happened. */
export interface WireMet {
  requests: number;
  answersLost: number;
  throttled: number;
  /** Writes that came to the service only after they had been held. */
  lateWrites: number;
}

export const noWireMet = (): WireMet => ({ requests: 0, answersLost: 0, throttled: 0, lateWrites: 0 });

/** All that one process has of AWS passes here, on 127.0.0.1. */
export interface Wire {
  readonly endpoint: string;
  /** From the next such request on all wait, as those of a process that is stopped, until it is let go on. */
  holdFrom(first: (asked: Asked) => boolean): void;
  letGo(): void;
  /** Nothing passes any more, and no answer comes to what is on its way: the process is dead. */
  cut(): void;
  close(): Promise<void>;
}

export type Listener = (request: HttpRequest, response: HttpResponse) => void;

const lose = (request: HttpRequest, response: HttpResponse): void => {
  Object.assign(response, {
    write: () => true,
    end: () => {
      breakOff(request);
      return response;
    },
  });
};

export const openWire = async (
  listeners: Readonly<Record<Service, Listener>>,
  { random, faults, met }: { readonly random: Random; readonly faults: WireFaults; readonly met: WireMet },
): Promise<Wire> => {
  let isCut = false;
  let isFirst: ((asked: Asked) => boolean) | null = null;
  let held: { readonly isWrite: boolean; readonly go: () => void }[] | null = null;

  const pass = (request: HttpRequest, response: HttpResponse): void => {
    if (isCut) return breakOff(request);
    const asked = askedBy(request);
    met.requests++;
    if (asked.service !== "kinesis" && random.chance(faults.throttled)) {
      met.throttled++;
      return throttle(asked, request, response);
    }
    // A subscription's answer does not end; the simulated Kinesis breaks those.
    if (asked.operation !== "SubscribeToShard" && random.chance(faults.answerLost)) {
      met.answersLost++;
      lose(request, response);
    }
    listeners[asked.service](request, response);
  };
  const server = await listenToBoth(0, (request, response) => {
    const asked = askedBy(request);
    if (isFirst?.(asked)) held ??= [];
    if (held) held.push({ isWrite: isWrite(asked), go: () => pass(request, response) });
    else pass(request, response);
  });

  return {
    endpoint: server.endpoint,
    holdFrom(first) {
      isFirst = first;
    },
    letGo() {
      isFirst = null;
      const waiting = held ?? [];
      held = null;
      for (const one of waiting) {
        if (one.isWrite) met.lateWrites++;
        one.go();
      }
    },
    cut() {
      isCut = true;
      server.breakAll();
    },
    async close() {
      isCut = true;
      held = null;
      await server.close();
    },
  };
};
