// Where an account's facts come from, as the configuration states it. Holds no secrets, only names of them. What can be collected is
// the program's business; a source that this version cannot use is no mistake in the file, and is told only when it is asked for.

import { resolve } from "node:path";
import { UserError, type Position } from "../model/index.ts";
import type { YamlPath, YamlSource } from "../profile/yaml-source.ts";
import type { SourceFile } from "./schema.ts";

export interface AwsSource {
  readonly provider: "aws";
  readonly awsProfile?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  /** Every enabled region where absent. */
  readonly regions?: readonly string[];
  readonly position: Position;
}

interface AzureSource {
  readonly provider: "azure";
  /** Every subscription that the login sees where absent. */
  readonly subscriptions?: readonly string[];
  readonly position: Position;
}

/** Facts from a file or a folder instead of a cloud. */
export interface SnapshotSource {
  readonly provider: "snapshot";
  /** Absolute. */
  readonly path: string;
  readonly position: Position;
}

export type Source = AwsSource | AzureSource | SnapshotSource;

const AWS_KEYS = ["aws_profile", "role_arn", "external_id", "regions"] as const;

/**
 * One source of an account. Throws UserError where its keys belong to different providers.
 * @param folder the folder that relative paths start from
 */
export function readSource(file: SourceFile, yaml: YamlSource, path: YamlPath, folder: string): Source {
  const position = yaml.position(path);
  if (file.snapshot !== undefined) {
    const other = Object.keys(file).find((key) => key !== "snapshot");
    if (other !== undefined)
      throw yaml.error(
        [...path, other],
        `${other} does not go with snapshot`,
        "a snapshot is all the facts of its source",
        "key",
      );
    return { provider: "snapshot", path: resolve(folder, file.snapshot), position };
  }
  if (file.provider === undefined)
    throw yaml.error(path, `"provider" is missing`, "aws, azure, or snapshot: PATH instead");
  if (file.provider === "azure") {
    const other = AWS_KEYS.find((key) => file[key] !== undefined);
    if (other !== undefined)
      throw yaml.error([...path, other], `${other} does not go with provider azure`, undefined, "key");
    return {
      provider: "azure",
      ...(file.subscriptions === undefined ? {} : { subscriptions: file.subscriptions }),
      position,
    };
  }
  if (file.subscriptions !== undefined)
    throw yaml.error([...path, "subscriptions"], "subscriptions does not go with provider aws", undefined, "key");
  if (file.external_id !== undefined && file.role_arn === undefined) {
    throw yaml.error([...path, "external_id"], "external_id is for a role, and none is named", "add role_arn", "key");
  }
  return {
    provider: "aws",
    ...(file.aws_profile === undefined ? {} : { awsProfile: file.aws_profile }),
    ...(file.role_arn === undefined ? {} : { roleArn: file.role_arn }),
    ...(file.external_id === undefined ? {} : { externalId: file.external_id }),
    ...(file.regions === undefined ? {} : { regions: file.regions }),
    position,
  };
}

/** The sources, where this version can use them all. Throws UserError at the first that it cannot. */
export function usableSources(sources: readonly Source[]): (AwsSource | SnapshotSource)[] {
  return sources.map((source) => {
    if (source.provider === "azure") {
      throw new UserError("Azure accounts are not collected by this version", {
        position: source.position,
        hint: "leave the account out with --account",
      });
    }
    return source;
  });
}
