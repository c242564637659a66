// What went wrong with one request: whether trying again may help, and what the coverage says about it if it does not.
// Knows the errors of the SDK, of Node's sockets and of AWS; holds no policy of how often to try.

import { errorLine, isExpired, isThrottling, outcomeOfErrorCode } from "../../snapshot/error-outcome.ts";

export interface Failure {
  readonly code: string;
  /** One line for the coverage. Hostile text. */
  readonly line: string;
  readonly outcome: "failed" | "denied" | "not-offered" | "not-found";
  /** `throttled`: slow down and try again. `transient`: may be gone next time. `garbled`: the answer is none of AWS's. */
  readonly retry: "throttled" | "transient" | "garbled" | "never";
  /** What the server asked for (Retry-After). */
  readonly retryAfterMs: number | undefined;
  /** The credentials were valid once. */
  readonly isExpired: boolean;
}

interface ErrorFields {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

/** Thrown where an answer came in time and whole but is no answer of the service: a proxy's page, an empty body. */
export class GarbledAnswerError extends Error {
  override readonly name = "GarbledAnswer";
}

/** Thrown where a request took longer than it may. */
export class RequestTimeoutError extends Error {
  override readonly name = "RequestTimeout";

  constructor(limitMs: number) {
    super(`no whole answer within ${limitMs / 1000} s`);
  }
}

const SOCKET_ERROR = /^E(?:CONN|PIPE|HOST|NET|AI_|TIMEDOUT|NOTFOUND|ADDR|PROTO)/;
const CREDENTIALS_ERROR = /Credentials|TokenProvider|TokenFile/;

function retryAfterMs(fields: ErrorFields): number | undefined {
  const seconds = Number(fields.$response?.headers?.["retry-after"] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function retryOf(code: string, status: number | undefined): Failure["retry"] {
  if (isThrottling(code) || status === 429) return "throttled";
  return status !== undefined && status >= 500 ? "transient" : "never";
}

function failure(code: string, message: string, parts: Partial<Failure>): Failure {
  return {
    code,
    line: errorLine(code, message),
    outcome: "failed",
    retry: "never",
    retryAfterMs: undefined,
    isExpired: false,
    ...parts,
  };
}

/**
 * Reads an error that a request ended with.
 * @param error whatever was thrown
 */
export function failureOf(error: unknown): Failure {
  const fields = (typeof error === "object" && error !== null ? error : {}) as ErrorFields;
  const name = typeof fields.name === "string" ? fields.name : "Error";
  // The SDK appends advice to developers after the first line.
  const message = (typeof fields.message === "string" ? fields.message : String(error)).split("\n")[0] ?? "";
  const status = fields.$metadata?.httpStatusCode;

  if (error instanceof RequestTimeoutError) return failure(name, message, { retry: "transient" });
  if (error instanceof GarbledAnswerError) return failure(name, message, { retry: "garbled" });
  if (typeof fields.code === "string" && SOCKET_ERROR.test(fields.code))
    return failure(fields.code, message, { retry: "transient" });
  if (name === "TimeoutError") return failure(name, message, { retry: "transient" });
  if (CREDENTIALS_ERROR.test(name)) {
    const expired = /expired|sso login/i.test(message);
    return failure(name, message, { outcome: expired ? "denied" : "failed", isExpired: expired });
  }
  // Read from the answer, but not an error of the service: no code could be made of it.
  if (status !== undefined && (name === "Error" || name === "Unknown" || name === "TypeError")) {
    const isServerError = status >= 500 && status !== 500;
    return failure(`HTTP ${status}`, "the answer is none of the service", {
      retry: isServerError ? "transient" : "garbled",
    });
  }
  const code = typeof fields.code === "string" ? fields.code : name;
  return failure(code, message, {
    outcome: status === undefined ? "failed" : outcomeOfErrorCode(code),
    retry: retryOf(code, status),
    retryAfterMs: retryAfterMs(fields),
    isExpired: isExpired(code),
  });
}
