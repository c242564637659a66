// The IAM permissions that a collection needs, for `audit permissions aws`.
// Made of the table of calls: what is not listed here cannot be called, and what is not called is not asked for.

import { compareCodeUnits } from "../../model/index.ts";
import { CALLS } from "./calls.ts";

export interface AwsPermission {
  /** IAM action: "ec2:DescribeVpcs". */
  readonly action: string;
  readonly reason: string;
}

/** Every action that a collection uses, sorted; no call goes beyond it. Signing in (STS) needs none of these. */
export const AWS_PERMISSIONS: readonly AwsPermission[] = Object.values(CALLS)
  .map(({ action, reason }) => ({ action, reason }))
  .toSorted((a, b) => compareCodeUnits(a.action, b.action));

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: "*";
  }[];
}

/** The permissions as an IAM policy: read-only, on every resource (AWS: Describe calls know no resource-level permissions). */
export function awsPolicyDocument(): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "PortolanReadOnly", Effect: "Allow", Action: AWS_PERMISSIONS.map(({ action }) => action), Resource: "*" },
    ],
  };
}
