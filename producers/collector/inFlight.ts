/** Bounds the bytes of requests that are under way. */
export interface InFlight {
  /** False when there is no room; one request is always let in. */
  enter(bytes: number): boolean;
  leave(bytes: number): void;
}

export const createInFlight = (bytesMax: number): InFlight => {
  let bytesNow = 0;
  return {
    enter(bytes) {
      if (bytesNow > 0 && bytesNow + bytes > bytesMax) return false;
      bytesNow += bytes;
      return true;
    },
    leave(bytes) {
      bytesNow -= bytes;
    },
  };
};
