// Signed-in access to one account: credentials from the default chain, a profile or an assumed role, and clients per region.
// The only module besides commands.ts that touches the SDK; loaded when a collection starts, never for `--help`.

import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsSource } from "../source.ts";
import type { CallName } from "./calls.ts";
import { type Answer, type Clients, sendCommand } from "./commands.ts";
import { ForeignEndpoints, requestHandler, watchWire } from "./connection.ts";

type Credentials = Awaited<ReturnType<ReturnType<typeof fromNodeProviderChain>>>;
type CredentialProvider = () => Promise<Credentials>;

const SESSION_NAME = "portolan";
/** Credentials are renewed this long before they end. */
const RENEW_BEFORE_MS = 5 * 60_000;
const FALLBACK_REGION = "us-east-1";

/** What a region's collection needs of AWS. */
export interface RegionApi {
  send(call: CallName, input: object, signal: AbortSignal): Promise<Answer>;
  /** True once a request went to an endpoint that is not AWS's own. */
  readonly isForeign: boolean;
}

export interface AwsSession {
  /** Region of the calls that belong to no region: sign-in, DescribeRegions. */
  readonly baseRegion: string;
  /** Fetches the credentials, so that a failure is told apart from one of the first call. */
  signIn(): Promise<void>;
  /** AWS: GetCallerIdentity needs no permission. @returns the account id */
  account(signal: AbortSignal): Promise<string>;
  region(region: string): RegionApi;
  /** Endpoints outside AWS that requests went to, sorted. */
  readonly foreignEndpoints: readonly string[];
  close(): void;
}

/** One sign-in for all clients: each would otherwise assume the role for itself. */
function shared(provider: CredentialProvider): CredentialProvider {
  let current: Promise<Credentials> | undefined;
  let endsAt = Number.POSITIVE_INFINITY;
  const renew = async (): Promise<Credentials> => {
    try {
      const credentials = await provider();
      endsAt = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      return credentials;
    } catch (error) {
      current = undefined;
      throw error;
    }
  };
  return () => {
    if (current === undefined || endsAt - Date.now() < RENEW_BEFORE_MS) {
      endsAt = Number.POSITIVE_INFINITY;
      current = renew();
    }
    return current;
  };
}

/** Region of the partition that a role belongs to. AWS: China and GovCloud have sign-in endpoints of their own. */
function regionOfPartition(roleArn: string | undefined): string {
  switch (roleArn?.split(":")[1]) {
    case "aws-cn":
      return "cn-north-1";
    case "aws-us-gov":
      return "us-gov-west-1";
    case "aws-eusc":
      return "eusc-de-east-1";
    default:
      return FALLBACK_REGION;
  }
}

interface ClientSettings {
  readonly maxAttempts: 1;
  readonly requestHandler: NodeHttpHandler;
  readonly profile?: string;
}

async function baseRegionOf(source: AwsSource, settings: ClientSettings): Promise<string> {
  const [given] = source.regions ?? [];
  if (given !== undefined) return given;
  // The SDK's own order: AWS_REGION, then the profile. It throws where neither names one.
  const configured = await new STSClient(settings).config.region().catch(() => undefined);
  return configured ?? regionOfPartition(source.roleArn);
}

function credentialsOf(source: AwsSource, settings: ClientSettings, region: string): CredentialProvider {
  const clientConfig = { ...settings, region };
  const base =
    source.awsProfile === undefined
      ? fromNodeProviderChain({ clientConfig })
      : fromIni({ profile: source.awsProfile, clientConfig });
  if (source.roleArn === undefined) return shared(base);
  return shared(
    fromTemporaryCredentials({
      masterCredentials: base,
      params: {
        RoleArn: source.roleArn,
        RoleSessionName: SESSION_NAME,
        ...(source.externalId !== undefined && { ExternalId: source.externalId }),
      },
      clientConfig,
    }),
  );
}

/**
 * Prepares access to one source; asks nothing of AWS yet.
 * @param environment for proxies; credentials and endpoints the SDK reads itself
 */
export async function openSession(source: AwsSource, environment: NodeJS.ProcessEnv): Promise<AwsSession> {
  const handler = await requestHandler(environment);
  const settings: ClientSettings = {
    maxAttempts: 1,
    requestHandler: handler,
    ...(source.awsProfile !== undefined && { profile: source.awsProfile }),
  };
  const baseRegion = await baseRegionOf(source, settings);
  const credentials = credentialsOf(source, settings, baseRegion);
  const all = new ForeignEndpoints();
  return {
    baseRegion,
    async signIn() {
      await credentials();
    },
    async account(signal) {
      const sts = new STSClient({ ...settings, region: baseRegion, credentials });
      watchWire(sts.middlewareStack, all);
      const { Account } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
      return Account ?? "unknown";
    },
    region(region) {
      const config = { ...settings, region, credentials };
      const clients: Clients = { ec2: new EC2Client(config), elbv2: new ElasticLoadBalancingV2Client(config) };
      const own = new ForeignEndpoints(all);
      for (const client of [clients.ec2, clients.elbv2]) watchWire(client.middlewareStack, own);
      return {
        send: (call, input, signal) => sendCommand(clients, call, input, signal),
        get isForeign() {
          return !own.isEmpty;
        },
      };
    },
    get foreignEndpoints() {
      return all.origins;
    },
    close() {
      handler.destroy();
    },
  };
}
