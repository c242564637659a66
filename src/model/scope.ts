// Where a fact came from: one account (or subscription) of one provider in one region.
// A scope is the unit of collection and of coverage; its text form is part of finding ids.

export type ProviderName = "aws" | "azure";

export interface Scope {
  readonly provider: ProviderName;
  /** AWS account id or Azure subscription id; "unknown" where no answer and no path names it. */
  readonly account: string;
  /** Region or location; "unknown" where no answer and no path names it. */
  readonly region: string;
}

/** The text form of a scope, `aws/111122223333/eu-west-1`: stable, comparable, shown in reports. */
export function scopeId(scope: Scope): string {
  return `${scope.provider}/${scope.account}/${scope.region}`;
}
