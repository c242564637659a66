// One request with all its patience: paced, side by side with others up to a limit, timed, and tried again with a bound.
// The only retry layer of the AWS collection: the SDK's own is off, else attempts would multiply.

import { setTimeout as delay } from "node:timers/promises";
import pLimit, { type LimitFunction } from "p-limit";
import pRetry from "p-retry";
import { type Failure, failureOf, RequestTimeoutError } from "./failure.ts";
import { type Clock, TokenBuckets } from "./token-bucket.ts";

export interface RequestLimits {
  /** Requests in flight at once, over all accounts and regions. */
  readonly concurrency: number;
  /** Time for one attempt, to the last byte of its answer. */
  readonly requestTimeoutMs: number;
  /** Tries after the first one, where AWS says to slow down. */
  readonly throttledRetries: number;
  /** Tries after the first one, where the network or the server failed. */
  readonly transientRetries: number;
  /** First pause; doubles each time, times 1 to 2 at random. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const DEFAULT_LIMITS: RequestLimits = {
  concurrency: 16,
  requestTimeoutMs: 30_000,
  throttledRetries: 7,
  transientRetries: 3,
  firstPauseMs: 500,
  longestPauseMs: 20_000,
};

const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, { signal });
  },
};

/** The failure of a request after all its tries. */
export class RequestFailedError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause: unknown) {
    super(failure.line, { cause });
    this.failure = failure;
  }
}

export interface RequestPlace {
  /** Account, region and action: what AWS counts calls by. */
  readonly bucket: string;
  readonly perSecond: number;
}

export class Requests {
  readonly #limits: RequestLimits;
  readonly #limit: LimitFunction;
  readonly #buckets: TokenBuckets;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  /** @param signal ends everything when the user does */
  constructor(limits: RequestLimits, signal: AbortSignal, clock: Clock = systemClock) {
    this.#limits = limits;
    this.#limit = pLimit(limits.concurrency);
    this.#buckets = new TokenBuckets(clock);
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * Makes a request until it answers or is given up.
   * @param attempt one try; must end when its signal aborts
   * @throws RequestFailedError after the last try; the signal's reason when the user ended the run
   */
  async send<T>(place: RequestPlace, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { throttledRetries, transientRetries, firstPauseMs, longestPauseMs } = this.#limits;
    const bucket = this.#buckets.of(place.bucket, place.perSecond);
    const tries = {
      throttled: throttledRetries,
      transient: transientRetries,
      garbled: Math.min(1, transientRetries),
      never: 0,
    };
    try {
      return await pRetry(
        async () => {
          await bucket.take(this.#signal);
          return this.#limit(() => this.#timed(attempt));
        },
        {
          retries: Math.max(throttledRetries, transientRetries),
          minTimeout: firstPauseMs,
          maxTimeout: longestPauseMs,
          randomize: true,
          signal: this.#signal,
          shouldRetry: ({ error }) => {
            const { retry } = failureOf(error);
            tries[retry] -= 1;
            return tries[retry] >= 0;
          },
          onFailedAttempt: async ({ error, retryDelay }) => {
            const { retry, retryAfterMs = 0 } = failureOf(error);
            const longerMs = Math.min(retryAfterMs, longestPauseMs) - retryDelay;
            if (retry === "throttled" && tries.throttled > 0 && longerMs > 0)
              await this.#clock.sleep(longerMs, this.#signal);
          },
        },
      );
    } catch (error) {
      this.#signal.throwIfAborted();
      throw new RequestFailedError(failureOf(error), error);
    }
  }

  /** Ends an attempt at its time limit even where what it waits for does not listen to the signal. */
  async #timed<T>(attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limitMs = this.#limits.requestTimeoutMs;
    const timeout = AbortSignal.timeout(limitMs);
    const signal = AbortSignal.any([timeout, this.#signal]);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(timeout.aborted ? new RequestTimeoutError(limitMs) : signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([attempt(signal), ended]);
    } catch (error) {
      // The SDK words an abort in its own way; the reason is ours.
      if (timeout.aborted) throw new RequestTimeoutError(limitMs);
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}
