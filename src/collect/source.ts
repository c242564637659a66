// Where live facts come from: one entry of an account's list in the configuration.
// Holds no secrets, only the names under which the provider's own tools keep them.

export interface AwsSource {
  readonly provider: "aws";
  /** Profile of the AWS configuration files; the default credential chain where absent. */
  readonly awsProfile?: string;
  /** Role to assume with the credentials of the profile or of the chain. */
  readonly roleArn?: string;
  readonly externalId?: string;
  /** Regions to ask; every enabled region of the account where absent. */
  readonly regions?: readonly string[];
}

/** Grows with the providers. */
export type Source = AwsSource;

/** A source in words, for progress and for naming it where no account id is known: "role arn:aws:...", "profile prod". */
export function sourceName(source: Source): string {
  if (source.roleArn !== undefined) return `role ${source.roleArn}`;
  if (source.awsProfile !== undefined) return `profile ${source.awsProfile}`;
  return "default credentials";
}
