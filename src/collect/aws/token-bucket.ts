// Paces calls: at most so many a second on the long run, a few at once after a pause. One bucket an account, region and action,
// as AWS counts them. Time is injected; nothing is dropped, only delayed.

export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Resolves after the time; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export class TokenBucket {
  readonly #intervalMs: number;
  readonly #burstMs: number;
  readonly #clock: Clock;
  /** When the bucket will be full again. */
  #fullAt = 0;

  /** @param perSecond refill; the bucket holds one second's worth */
  constructor(perSecond: number, clock: Clock) {
    this.#intervalMs = 1000 / perSecond;
    this.#burstMs = 1000 - this.#intervalMs;
    this.#clock = clock;
  }

  /** Resolves when the call may be made; callers are served in order. */
  async take(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const fullAt = Math.max(this.#fullAt, now);
    this.#fullAt = fullAt + this.#intervalMs;
    const waitMs = fullAt - this.#burstMs - now;
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
  }
}

/** The buckets of a run, made on first use. */
export class TokenBuckets {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param key account, region and action */
  of(key: string, perSecond: number): TokenBucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(perSecond, this.#clock);
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}
