// How requests leave the machine: sockets, proxy, and where they really go. Shared by all clients of one source.
// HTTPS_PROXY, HTTP_PROXY and NO_PROXY count; so does every endpoint override that the SDK knows.

import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { GarbledAnswerError } from "./failure.ts";

const CONNECT_TIMEOUT_MS = 10_000;
// No limit of sockets: src/collect/aws/request.ts limits the requests.
const SOCKETS = { keepAlive: true };
const PROXY_VARIABLES = ["https_proxy", "http_proxy", "all_proxy"] as const;

/** @returns the handler of all requests; whoever makes it destroys it */
export async function requestHandler(environment: NodeJS.ProcessEnv): Promise<NodeHttpHandler> {
  const hasProxy = PROXY_VARIABLES.some((name) => Boolean(environment[name] ?? environment[name.toUpperCase()]));
  if (!hasProxy) {
    return new NodeHttpHandler({
      httpAgent: new HttpAgent(SOCKETS),
      httpsAgent: new HttpsAgent(SOCKETS),
      connectionTimeout: CONNECT_TIMEOUT_MS,
    });
  }
  const { ProxyAgent } = await import("proxy-agent");
  return new NodeHttpHandler({
    // A socket that is kept to a proxy of plain HTTP would get its second request without the host in it.
    httpAgent: new ProxyAgent({ keepAlive: false }),
    httpsAgent: new ProxyAgent(SOCKETS),
    connectionTimeout: CONNECT_TIMEOUT_MS,
  });
}

/** AWS's own domains, in every partition. */
const AWS_HOST =
  /(?:^|\.)(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|api\.aws|api\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov|adc-e\.uk|csp\.hci\.ic\.gov)$/;

/** True where a host is one of AWS's. */
export function isAwsHost(host: string): boolean {
  return AWS_HOST.test(host);
}

interface HttpRequestLike {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

interface HttpResponseLike {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface Handled {
  readonly response: unknown;
  readonly output: object;
}

interface MiddlewareStack {
  add(
    middleware: (
      next: (args: { request: unknown; input: object }) => Promise<Handled>,
    ) => (args: { request: unknown; input: object }) => Promise<Handled>,
    options: { step: "deserialize"; priority: "high"; name: string },
  ): void;
}

/** The endpoints outside AWS that clients spoke to. */
export class ForeignEndpoints {
  readonly #origins = new Set<string>();
  readonly #whole: ForeignEndpoints | undefined;

  /** @param whole what these endpoints are a part of, told of each */
  constructor(whole?: ForeignEndpoints) {
    this.#whole = whole;
  }

  add(request: HttpRequestLike): void {
    if (isAwsHost(request.hostname)) return;
    const port = request.port === undefined ? "" : `:${request.port}`;
    this.#origins.add(`${request.protocol}//${request.hostname}${port}`);
    this.#whole?.add(request);
  }

  /** Sorted. */
  get origins(): readonly string[] {
    return [...this.#origins].toSorted();
  }

  get isEmpty(): boolean {
    return this.#origins.size === 0;
  }
}

/** Why a successful answer is none of AWS's; undefined where it may be one. */
function whatIsWrong({ statusCode, headers }: HttpResponseLike, output: object): string | undefined {
  if (statusCode >= 300) return undefined;
  const type = headers["content-type"] ?? "";
  if (type !== "" && !type.includes("xml")) return `the endpoint answered with ${type}, not with XML`;
  // AWS numbers every answer, and names every list in it even where it is empty.
  const isEmpty = Object.keys(output).every((key) => key === "$metadata");
  return isEmpty && headers["x-amzn-requestid"] === undefined ? "the endpoint answered with nothing" : undefined;
}

/**
 * Watches a client's wire: notes endpoints outside AWS, and refuses answers that are none. The SDK reads a proxy's login page
 * as an empty list, which would make an unread account look clean.
 */
export function watchWire(stack: unknown, foreign: ForeignEndpoints): void {
  (stack as MiddlewareStack).add(
    (next) => async (args) => {
      foreign.add(args.request as HttpRequestLike);
      const handled = await next(args);
      const problem = whatIsWrong(handled.response as HttpResponseLike, handled.output);
      if (problem !== undefined) throw new GarbledAnswerError(problem);
      return handled;
    },
    { step: "deserialize", priority: "high", name: "portolanWatchWire" },
  );
}
