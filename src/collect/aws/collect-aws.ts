// Collects every account of a list, each with all its regions, side by side. One account that cannot be entered does not stop the
// others: it becomes a failed call of the coverage, with what would renew its login.

import { type CallRecord, compareCodeUnits, type Scope, scopeId, type Warning } from "../../model/index.ts";
import type { FactConsumer } from "../../snapshot/facts.ts";
import { isAccountId } from "../../snapshot/item-identity.ts";
import { type AwsSource, sourceName } from "../source.ts";
import { REGIONS } from "./calls.ts";
import type { Failure } from "./failure.ts";
import { ask } from "./list.ts";
import { collectRegion, type Progress, type RegionSink } from "./region.ts";
import { DEFAULT_LIMITS, RequestFailedError, type RequestLimits, Requests } from "./request.ts";
import type { AwsSession } from "./session.ts";

export type { Progress } from "./region.ts";

/** One source and who is told what it gives. */
export interface AwsRun {
  readonly source: AwsSource;
  readonly consumer: FactConsumer;
}

export interface AwsCollectOptions {
  readonly limits?: Partial<RequestLimits>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** For proxies and for naming what expired; the program's own by default. */
  readonly environment?: NodeJS.ProcessEnv;
}

const UNKNOWN = "unknown";
// Sign-in and the list of regions are counted by no bucket that matters.
const SIGN_IN_PER_SECOND = 15;

function awsScope(account: string, region: string): Scope {
  return { provider: "aws", account, region };
}

/** What went wrong, and where a login expired, what makes it work again. */
function wordsOf(failure: Failure, source: AwsSource, environment: NodeJS.ProcessEnv): string {
  if (!failure.isExpired) return failure.line;
  const profile = source.awsProfile ?? environment["AWS_PROFILE"];
  if (profile !== undefined) return `${failure.line}; renew it with "aws sso login --profile ${profile}"`;
  return environment["AWS_SESSION_TOKEN"] === undefined
    ? `${failure.line}; renew it with "aws sso login"`
    : `${failure.line}; set new keys: those of the environment (AWS_SESSION_TOKEN) have expired`;
}

function accountOfRole(roleArn: string | undefined): string {
  const account = roleArn?.split(":")[4] ?? "";
  return isAccountId(account) ? account : UNKNOWN;
}

interface Place {
  readonly account: string;
  readonly regions: readonly string[];
}

/** One source of the list: entered, then collected. Keeps the records of both. */
class AccountCollection {
  readonly records: CallRecord[] = [];
  readonly warnings: Warning[] = [];
  readonly #source: AwsSource;
  readonly #session: AwsSession;
  readonly #requests: Requests;
  readonly #sink: RegionSink;

  constructor(source: AwsSource, session: AwsSession, requests: Requests, sink: RegionSink) {
    this.#source = source;
    this.#session = session;
    this.#requests = requests;
    this.#sink = sink;
  }

  get foreignEndpoints(): readonly string[] {
    return this.#session.foreignEndpoints;
  }

  close(): void {
    this.#session.close();
  }

  /** Signs in and finds the regions. @returns undefined where the account could not be entered */
  async enter(): Promise<Place | undefined> {
    const account = await this.#signIn();
    if (account === undefined) return undefined;
    return { account, regions: this.#source.regions ?? (await this.#askRegions(account)) };
  }

  /** @param claimed scopes that an earlier source of the run leads to */
  async collect({ account, regions }: Place, claimed: Set<string>): Promise<void> {
    const free = regions.filter((region) => this.#claim(awsScope(account, region), claimed));
    await Promise.all(
      free.map(async (region) => {
        const context = { api: this.#session.region(region), requests: this.#requests, account, region };
        this.records.push(...(await collectRegion(context, awsScope(account, region), this.#sink)));
      }),
    );
  }

  #claim(scope: Scope, claimed: Set<string>): boolean {
    const id = scopeId(scope);
    // Without an account id nothing says that two sources lead to one account.
    if (scope.account !== UNKNOWN && claimed.has(id)) {
      this.warnings.push({
        subject: id,
        message: `named twice: ${sourceName(this.#source)} leads there too and was not asked again`,
      });
      return false;
    }
    claimed.add(id);
    return true;
  }

  #fail(scope: Scope, call: string, failure: Failure): void {
    const subject = sourceName(this.#source);
    this.records.push({ scope, call, outcome: failure.outcome, items: 0, subject, error: this.#sink.words(failure) });
  }

  async #signIn(): Promise<string | undefined> {
    const name = sourceName(this.#source);
    const send = <T>(call: string, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> =>
      this.#requests.send({ bucket: `${name}/${call}`, perSecond: SIGN_IN_PER_SECOND }, attempt);
    let call = this.#source.roleArn === undefined ? "credentials" : "AssumeRole";
    try {
      await send(call, () => this.#session.signIn());
      call = "GetCallerIdentity";
      return await send(call, (signal) => this.#session.account(signal));
    } catch (error) {
      if (!(error instanceof RequestFailedError)) throw error;
      const account = accountOfRole(this.#source.roleArn);
      // An endpoint without STS still has facts to give; whose they are, only the role can say.
      if (call === "GetCallerIdentity" && error.failure.outcome === "not-offered") return account;
      // Nothing of the account was seen: as many scopes failed as were to be asked.
      for (const region of this.#source.regions ?? [UNKNOWN])
        this.#fail(awsScope(account, region), call, error.failure);
      return undefined;
    }
  }

  /** AWS: without AllRegions, DescribeRegions answers the regions that are enabled for the account. */
  async #askRegions(account: string): Promise<readonly string[]> {
    const { baseRegion } = this.#session;
    const scope = awsScope(account, baseRegion);
    try {
      const api = this.#session.region(baseRegion);
      const answer = await ask({ api, requests: this.#requests, account, region: baseRegion }, REGIONS, {});
      const regions = (Array.isArray(answer["Regions"]) ? answer["Regions"] : []) as readonly {
        readonly RegionName?: string;
      }[];
      const names = regions.map(({ RegionName }) => RegionName).filter((name) => name !== undefined);
      if (names.length === 0) {
        const error = "the answer names no region; only the one that was asked is collected";
        this.records.push({ scope, call: REGIONS, outcome: "failed", items: 0, error });
        return [baseRegion];
      }
      this.records.push({ scope, call: REGIONS, outcome: "complete", items: names.length });
      return names.toSorted(compareCodeUnits);
    } catch (error) {
      if (!(error instanceof RequestFailedError)) throw error;
      // The failed call says that regions may be missing; the one that was asked is worth seeing all the same.
      this.#fail(scope, REGIONS, error.failure);
      return [baseRegion];
    }
  }
}

function compareRecords(a: CallRecord, b: CallRecord): number {
  return (
    compareCodeUnits(scopeId(a.scope), scopeId(b.scope)) ||
    compareCodeUnits(a.call, b.call) ||
    compareCodeUnits(a.subject ?? "", b.subject ?? "")
  );
}

/**
 * Collects AWS accounts side by side: items reach each source's consumer in the order of their arrival, then its calls and warnings
 * in a fixed order. Calls neither `start` nor `end`: src/collect/collect.ts does, for all providers of a run.
 * @throws the signal's reason when the user ends the run; never for what a provider or the network did
 */
export async function collectAws(runs: readonly AwsRun[], options: AwsCollectOptions = {}): Promise<void> {
  const { openSession } = await import("./session.ts");
  const environment = options.environment ?? process.env;
  const requests = new Requests(
    { ...DEFAULT_LIMITS, ...options.limits },
    options.signal ?? new AbortController().signal,
  );
  const accounts: AccountCollection[] = [];
  try {
    for (const { source, consumer } of runs) {
      // oxlint-disable-next-line no-await-in-loop -- reads local files only
      const session = await openSession(source, environment);
      const sink: RegionSink = {
        consumer,
        onProgress: options.onProgress ?? (() => {}),
        words: (failure) => wordsOf(failure, source, environment),
      };
      accounts.push(new AccountCollection(source, session, requests, sink));
    }
    const places = await Promise.all(accounts.map((account) => account.enter()));
    // In the order of the list: which of two sources collects a region they share must not depend on who answers first.
    const claimed = new Set<string>();
    await Promise.all(
      accounts.map(async (account, index) => {
        const place = places[index];
        if (place !== undefined) await account.collect(place, claimed);
      }),
    );
  } finally {
    for (const account of accounts) account.close();
  }
  const told = new Set<string>();
  for (const [index, account] of accounts.entries()) {
    const consumer = runs[index]?.consumer;
    for (const record of account.records.toSorted(compareRecords)) consumer?.call(record);
    for (const warning of account.warnings) consumer?.warning(warning);
    for (const subject of account.foreignEndpoints) {
      if (told.has(subject)) continue;
      told.add(subject);
      consumer?.warning({ subject, message: "requests went to this endpoint, not to AWS's own (AWS_ENDPOINT_URL)" });
    }
  }
}
