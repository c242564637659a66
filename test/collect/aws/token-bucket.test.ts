import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Clock, TokenBucket, TokenBuckets } from "../../../src/collect/aws/token-bucket.ts";

const NEVER = new AbortController().signal;

/** A clock that jumps over every sleep; notes when each call was let through. */
class JumpingClock implements Clock {
  time = 0;

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    return Promise.resolve();
  }
}

async function timesOfCalls(perSecond: number, pauses: readonly number[]): Promise<number[]> {
  const clock = new JumpingClock();
  const bucket = new TokenBucket(perSecond, clock);
  const times: number[] = [];
  for (const pause of pauses) {
    clock.time += pause;
    // oxlint-disable-next-line no-await-in-loop
    await bucket.take(NEVER);
    times.push(clock.time);
  }
  return times;
}

describe("a token bucket", () => {
  it("lets a second's worth through at once, then one by one", async () => {
    expect(await timesOfCalls(4, [0, 0, 0, 0, 0, 0])).toEqual([0, 0, 0, 0, 250, 500]);
  });

  it("is full again after a pause, and never fuller", async () => {
    const times = await timesOfCalls(4, [0, 0, 0, 0, 60_000, 0, 0, 0, 0]);
    expect(times.slice(4)).toEqual([60_000, 60_000, 60_000, 60_000, 60_250]);
  });

  it("lets no window of any length see more than its rate and one burst", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat({ max: 700 }), { maxLength: 60 }),
        async (perSecond, pauses) => {
          const times = await timesOfCalls(perSecond, pauses);
          for (const [first, from] of times.entries()) {
            for (const [after, to] of times.slice(first).entries()) {
              expect(after + 1).toBeLessThanOrEqual(perSecond + ((to - from) * perSecond) / 1000 + 1e-6);
            }
          }
        },
      ),
    );
  });

  it("serves waiting callers in order", async () => {
    const waits: number[] = [];
    const bucket = new TokenBucket(1, {
      now: () => 0,
      sleep: (milliseconds) => {
        waits.push(milliseconds);
        return Promise.resolve();
      },
    });
    await Promise.all([bucket.take(NEVER), bucket.take(NEVER), bucket.take(NEVER)]);
    expect(waits).toEqual([1000, 2000]);
  });

  it("is one for each account, region and action", () => {
    const buckets = new TokenBuckets(new JumpingClock());
    expect(buckets.of("1/eu-west-1/DescribeVpcs", 15)).toBe(buckets.of("1/eu-west-1/DescribeVpcs", 15));
    expect(buckets.of("1/eu-west-1/DescribeVpcs", 15)).not.toBe(buckets.of("1/eu-west-2/DescribeVpcs", 15));
  });
});
