// An EC2, ELBv2 and STS on loopback for what no emulator does: it pages at the caps of the API and refuses what is over them,
// slows callers down, denies, cuts connections, dawdles, and loses the thread. Query protocol in, XML out.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What an answer holds, with the element names of the XML: a text, a record, or a list of either. */
export type Xml = string | readonly Xml[] | { readonly [element: string]: Xml };

export interface LoopbackCall {
  readonly action: string;
  readonly region: string;
  /** Access key that signed it: which account it is for. */
  readonly key: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Whether it came as a proxy gets it, with the whole URL in its first line. */
  readonly proxied: boolean;
}

/** How a call goes wrong; undefined lets it be answered. */
export type Trouble =
  | {
      readonly kind: "error";
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly retryAfter?: string;
    }
  /** The connection breaks before an answer. */
  | { readonly kind: "reset" }
  /** The connection breaks within the answer. */
  | { readonly kind: "half" }
  /** The answer comes in drops and never ends. */
  | { readonly kind: "dawdle" }
  /** Another status, type and text than the service's. */
  | { readonly kind: "page"; readonly status: number; readonly type: string; readonly text: string }
  /** The list as it is, and a token for a page that does not exist. */
  | { readonly kind: "same-token"; readonly token: string };

interface Listing {
  readonly set: string;
  /** The most that one page may hold; undefined where the call does not page. */
  readonly cap: number | undefined;
}

// Caps and element names of the API of 2016-11-15, ELBv2 of 2015-12-01.
const EC2_LISTINGS: Readonly<Record<string, Listing>> = {
  DescribeEgressOnlyInternetGateways: { set: "egressOnlyInternetGatewaySet", cap: 255 },
  DescribeInstances: { set: "reservationSet", cap: 1000 },
  DescribeInternetGateways: { set: "internetGatewaySet", cap: 1000 },
  DescribeManagedPrefixLists: { set: "prefixListSet", cap: 100 },
  DescribeNatGateways: { set: "natGatewaySet", cap: 1000 },
  DescribeNetworkAcls: { set: "networkAclSet", cap: 1000 },
  DescribeNetworkInterfaces: { set: "networkInterfaceSet", cap: 1000 },
  DescribeRegions: { set: "regionInfo", cap: undefined },
  DescribeRouteTables: { set: "routeTableSet", cap: 100 },
  DescribeSecurityGroupRules: { set: "securityGroupRuleSet", cap: 1000 },
  DescribeSecurityGroupVpcAssociations: { set: "securityGroupVpcAssociationSet", cap: 1000 },
  DescribeSecurityGroups: { set: "securityGroupInfo", cap: 1000 },
  DescribeStaleSecurityGroups: { set: "staleSecurityGroupSet", cap: 255 },
  DescribeSubnets: { set: "subnetSet", cap: 1000 },
  DescribeTransitGatewayVpcAttachments: { set: "transitGatewayVpcAttachments", cap: 1000 },
  DescribeTransitGateways: { set: "transitGatewaySet", cap: 1000 },
  DescribeVpcBlockPublicAccessExclusions: { set: "vpcBlockPublicAccessExclusionSet", cap: 1000 },
  DescribeVpcBlockPublicAccessOptions: { set: "vpcBlockPublicAccessOptions", cap: undefined },
  DescribeVpcPeeringConnections: { set: "vpcPeeringConnectionSet", cap: 1000 },
  DescribeVpcs: { set: "vpcSet", cap: 1000 },
  GetManagedPrefixListEntries: { set: "entrySet", cap: 100 },
};
const ELBV2_LISTINGS: Readonly<Record<string, Listing>> = {
  DescribeLoadBalancers: { set: "LoadBalancers", cap: 400 },
  DescribeTargetGroupAttributes: { set: "Attributes", cap: undefined },
  DescribeTargetGroups: { set: "TargetGroups", cap: 400 },
};

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function render(value: Xml, member: "item" | "member"): string {
  if (typeof value === "string") return escaped(value);
  if (Array.isArray(value)) {
    return (value as readonly Xml[]).map((item) => `<${member}>${render(item, member)}</${member}>`).join("");
  }
  return Object.entries(value as Readonly<Record<string, Xml>>)
    .map(([name, inner]) => `<${name}>${render(inner, member)}</${name}>`)
    .join("");
}

export interface LoopbackAws {
  readonly url: string;
  /** All calls so far, in order of arrival. */
  readonly calls: readonly LoopbackCall[];
  /** Hosts to which a tunnel was asked for, as one asks a proxy; every one is refused. */
  readonly tunnels: readonly string[];
  /** Most requests that were open at once. */
  readonly mostAtOnce: number;
  stop(): Promise<void>;
}

export interface LoopbackOptions {
  /** What a call lists; an empty list where this gives undefined. */
  readonly list?: (call: LoopbackCall) => Xml | undefined;
  /** How a call goes wrong; `count` is 1 for the first call of that action. */
  readonly trouble?: (call: LoopbackCall, count: number) => Trouble | undefined;
  /** A smaller page than the cap, so that little data makes many pages. */
  readonly pageSize?: number;
  /** Time before each answer. */
  readonly delayMs?: number;
}

/** Account of an access key: assumed roles get keys that end with their account. */
function accountOf(key: string): string {
  return /\d{12}$/.exec(key)?.[0] ?? "123456789012";
}

class Loopback {
  readonly calls: LoopbackCall[] = [];
  mostAtOnce = 0;
  #open = 0;
  readonly #options: LoopbackOptions;
  readonly #counts = new Map<string, number>();

  constructor(options: LoopbackOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open);
    response.on("close", () => (this.#open -= 1));
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const fields = Object.fromEntries(new URLSearchParams(body));
    const [, key = "", region = ""] =
      /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    const call = {
      action: fields["Action"] ?? "",
      region,
      key,
      fields,
      proxied: request.url?.startsWith("http") === true,
    };
    this.calls.push(call);
    const count = (this.#counts.get(call.action) ?? 0) + 1;
    this.#counts.set(call.action, count);
    if (this.#options.delayMs !== undefined) await sleep(this.#options.delayMs);
    const trouble = this.#options.trouble?.(call, count);
    if (trouble === undefined || trouble.kind === "same-token") this.#answer(call, response, trouble?.token);
    else this.#fail(trouble, request.socket, response);
  }

  #fail(trouble: Exclude<Trouble, { kind: "same-token" }>, socket: Socket, response: ServerResponse): void {
    switch (trouble.kind) {
      case "error": {
        const { status, code, message = `${code}, says the server`, retryAfter } = trouble;
        const error = render({ Code: code, Message: message }, "item");
        response.writeHead(status, {
          "content-type": "text/xml",
          ...(retryAfter !== undefined && { "retry-after": retryAfter }),
        });
        // EC2 wraps errors in a list, the other services do not; the SDK of each reads its own.
        response.end(
          `<?xml version="1.0"?><Response><Errors><Error>${error}</Error></Errors><Error>${error}</Error></Response>`,
        );
        return;
      }
      case "reset":
        socket.destroy();
        return;
      case "half":
        response.writeHead(200, { "content-type": "text/xml", "content-length": "5000" });
        response.write("<DescribeResponse>", () => socket.destroy());
        return;
      case "dawdle": {
        response.writeHead(200, { "content-type": "text/xml" });
        const drop = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(drop));
        return;
      }
      case "page":
        response.writeHead(trouble.status, { "content-type": trouble.type }).end(trouble.text);
    }
  }

  #error(response: ServerResponse, code: string): void {
    this.#fail({ kind: "error", status: 400, code }, response.req.socket, response);
  }

  #answer(call: LoopbackCall, response: ServerResponse, sameToken: string | undefined): void {
    const { action, fields, key } = call;
    const send = (text: string): void => {
      response.writeHead(200, { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": "loopback" }).end(text);
    };
    if (action === "GetCallerIdentity") {
      const account = accountOf(key);
      send(
        `<R><GetCallerIdentityResult><Account>${account}</Account><Arn>arn:aws:iam::${account}:user/x</Arn></GetCallerIdentityResult></R>`,
      );
      return;
    }
    if (action === "AssumeRole") {
      const account = fields["RoleArn"]?.split(":")[4] ?? "";
      const keys = {
        AccessKeyId: `ASIA${account}`,
        SecretAccessKey: "s",
        SessionToken: "t",
        Expiration: "2099-01-01T00:00:00Z",
      };
      send(`<R><AssumeRoleResult><Credentials>${render(keys, "member")}</Credentials></AssumeRoleResult></R>`);
      return;
    }
    const ec2 = EC2_LISTINGS[action];
    const listing = ec2 ?? ELBV2_LISTINGS[action];
    if (listing === undefined) {
      this.#error(response, "InvalidAction");
      return;
    }
    const all = this.#options.list?.(call) ?? [];
    let page = all;
    let token = sameToken;
    if (listing.cap !== undefined && Array.isArray(all)) {
      const asked = Number(fields["MaxResults"] ?? fields["PageSize"] ?? Number.NaN);
      if (!(asked >= 1 && asked <= listing.cap)) {
        this.#error(response, "InvalidParameterValue");
        return;
      }
      const size = Math.min(asked, this.#options.pageSize ?? asked);
      const start = Number((fields["NextToken"] ?? fields["Marker"])?.split("-")[1] ?? 0);
      page = (all as readonly Xml[]).slice(start, start + size);
      if (start + size < all.length) token ??= `page-${start + size}`;
    }
    if (ec2 === undefined) {
      const inner = render({ [listing.set]: page, ...(token !== undefined && { NextMarker: token }) }, "member");
      send(`<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`);
    } else {
      const inner = render(
        { requestId: "loopback", [listing.set]: page, ...(token !== undefined && { nextToken: token }) },
        "item",
      );
      send(`<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${inner}</${action}Response>`);
    }
  }
}

/** Starts a server on a free port of 127.0.0.1; whoever starts it stops it. */
export async function startLoopbackAws(options: LoopbackOptions = {}): Promise<LoopbackAws> {
  const loopback = new Loopback(options);
  const server = createServer((request, response) => {
    loopback.handle(request, response).catch(() => request.socket.destroy());
  });
  const tunnels: string[] = [];
  server.on("connect", (request, socket) => {
    tunnels.push(request.url ?? "");
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    tunnels,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: loopback.calls,
    get mostAtOnce() {
      return loopback.mostAtOnce;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
