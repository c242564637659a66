// What an AWS error code says about a call: denied, failed, not offered, or an answer of its own ("no such thing").
// One table for errors met live and errors found in a folder, so that both count alike.

import type { CallOutcome } from "../model/index.ts";

const DENIED: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthFailure",
  "AuthorizationError",
  "Blocked",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignature",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidIdentityToken",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "NotAuthorized",
  "NotAuthorizedException",
  "OperationNotPermitted",
  "OptInRequired",
  "PendingVerification",
  "RegionDisabledException",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "UnauthorizedException",
  "UnauthorizedOperation",
  "UnrecognizedClientException",
  "Client.UnauthorizedOperation",
]);

const THROTTLED: ReadonlySet<string> = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequests",
  "TooManyRequestsException",
  "Client.RequestLimitExceeded",
]);

const NOT_OFFERED: ReadonlySet<string> = new Set([
  "InvalidAction",
  "NoSuchVersion",
  "NotImplemented",
  "Unsupported",
  "UnknownOperation",
  "UnknownOperationException",
  "UnsupportedOperation",
  "UnsupportedOperationException",
  "InternalFailure.NotImplemented",
]);

const EXPIRED: ReadonlySet<string> = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);

/** True for the codes with which AWS slows callers down. */
export function isThrottling(code: string): boolean {
  return THROTTLED.has(code);
}

/** True for credentials that were valid once. */
export function isExpired(code: string): boolean {
  return EXPIRED.has(code);
}

/**
 * What became of a call that answered with an error.
 * @param code the provider's error code
 * @returns `denied` for refused or expired credentials, `not-found` for "there is no such thing" (an answer, not a failure),
 *   `not-offered` where the endpoint does not know the action, else `failed` (throttling among them)
 */
export function outcomeOfErrorCode(code: string): Exclude<CallOutcome, "complete" | "listed" | "cut"> {
  if (DENIED.has(code)) return "denied";
  if (NOT_OFFERED.has(code)) return "not-offered";
  // AWS: InvalidGroup.NotFound, InvalidNetworkInterfaceID.NotFound, LoadBalancerNotFound, NoSuchEntity.
  if (/NotFound(?:Exception|Fault)?$/.test(code) || code.startsWith("NoSuch")) return "not-found";
  return "failed";
}

const LONGEST_ERROR = 300;

/**
 * One line of an error for the coverage: `Code: message`, without the encoded policy dump that AWS appends to refusals.
 * @param code the provider's error code
 * @param message the provider's words; hostile text
 */
export function errorLine(code: string, message: string): string {
  const words = message
    .replace(/\s*Encoded authorization failure message:.*$/s, "")
    .replace(/\s+/g, " ")
    .trim();
  const line = words === "" || words === code ? code : `${code}: ${words}`;
  return line.length > LONGEST_ERROR ? `${line.slice(0, LONGEST_ERROR - 3)}...` : line;
}
