import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../worker/settings.js";
import { limitFor, meanRecordBytes, pauseAfterFailure, pauseAfterReply } from "./pace.js";

const MIB = 2 ** 20;

describe("the pace of polling", () => {
  it("C1: leaves some of the shard's five reads a second to others, and waits a second and more when throttled", () => {
    const busy = pauseAfterReply({ count: 10, bytes: 1_000, behindMs: 5_000 }, DEFAULT_SETTINGS);
    expect(1_000 / busy).toBeLessThan(5);
    expect(pauseAfterReply({ count: 0, bytes: 0, behindMs: 0 }, DEFAULT_SETTINGS)).toBeGreaterThanOrEqual(
      1_000,
    );
    for (const unit of [0, 0.5, 1])
      for (let failures = 1; failures < 60; failures++) {
        const pauseMs = pauseAfterFailure("throttled", failures, unit, DEFAULT_SETTINGS);
        expect(pauseMs).toBeGreaterThanOrEqual(1_000);
        expect(pauseMs).toBeLessThanOrEqual(DEFAULT_SETTINGS.backOffMaxMs);
      }
  });

  it("C2: pays for a reply of 10 MiB by waiting five seconds", () => {
    expect(pauseAfterReply({ count: 100, bytes: 10 * MIB, behindMs: 1 }, DEFAULT_SETTINGS)).toBeGreaterThan(
      5_000,
    );
  });

  it("C20: asks for as many records as make a reply of about the size that is aimed at", () => {
    const { replyBytesAim } = DEFAULT_SETTINGS;
    expect(limitFor(null, DEFAULT_SETTINGS)).toBe(2_000);
    expect(limitFor(1_000, DEFAULT_SETTINGS)).toBe(Math.floor(replyBytesAim / 1_000));
    expect(limitFor(10, DEFAULT_SETTINGS)).toBe(10_000);
    expect(limitFor(10 * MIB, DEFAULT_SETTINGS)).toBe(50);
    let mean = meanRecordBytes(null, 10, 1_000);
    expect(mean).toBe(100);
    expect(meanRecordBytes(mean, 0, 0)).toBe(100);
    for (let reply = 0; reply < 30; reply++) mean = meanRecordBytes(mean, 10, 100_000);
    expect(mean).toBeCloseTo(10_000, -1);
  });
});
