export { type Drain, type DrainPorts, startDrain, type Undelivered } from "./drain.js";
export { type DiskSpool, openSpool, type Spool, type SpooledSegment, type SpoolOptions } from "./spool.js";
export { type SpooledTransport, type SpooledTransportOptions, spooledTransport } from "./spooledTransport.js";
