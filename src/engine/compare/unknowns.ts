// Causes of not knowing: a prefix list that could not be read, a group that is not in the snapshot. One finding a cause, whether it
// hides something required or something that may be open.

import {
  scopeId,
  worse,
  type Cluster,
  type Endpoint,
  type Evidence,
  type ResourceText,
  type RuleSet,
  type Severity,
} from "../../model/index.ts";
import type { TransportSet } from "../../net/index.ts";
import type { FindingDraft } from "./draft.ts";
import type { PortMap } from "./ports.ts";
import { endpointResource, endpointText, listText } from "./text.ts";

export interface UnknownPart {
  readonly direction: "ingress" | "egress";
  /** The resource that hides it: a group, a prefix list, a network ACL. */
  readonly resource: ResourceText;
  /** The rule set that holds the rule, where it is known. */
  readonly ruleSet: RuleSet | undefined;
  readonly reason: string;
  readonly transport: TransportSet;
  readonly endpoint: Endpoint;
  readonly cluster: Cluster | undefined;
  /** Infrastructure roles of the endpoint in that cluster. */
  readonly roles: readonly string[];
  readonly evidence: Evidence | undefined;
  /** Something required depends on it (row key), or something may be open. */
  readonly row:
    | {
        readonly key: string;
        readonly text: string;
        readonly essential: boolean;
        readonly profile: string;
        readonly id: string;
      }
    | undefined;
}

interface Collected {
  readonly parts: UnknownPart[];
  transport: TransportSet;
}

/** Gathers parts and turns each cause into one draft. */
export class UnknownCauses {
  readonly #causes = new Map<string, Collected>();
  readonly #ports: PortMap;

  constructor(ports: PortMap) {
    this.#ports = ports;
  }

  add(part: UnknownPart): void {
    const key = [part.direction, part.resource.id, part.ruleSet?.id ?? "", part.reason].join("\n");
    const known = this.#causes.get(key);
    if (known === undefined) this.#causes.set(key, { parts: [part], transport: part.transport });
    else {
      known.parts.push(part);
      known.transport = known.transport.union(part.transport);
    }
  }

  drafts(): FindingDraft[] {
    return [...this.#causes.values()].map((cause) => this.#draft(cause));
  }

  #draft({ parts, transport }: Collected): FindingDraft {
    const [first] = parts as [UnknownPart, ...UnknownPart[]];
    const endpoints = new Set(parts.map((part) => part.endpoint));
    const clusters = [...new Set(parts.map((part) => part.cluster).filter((cluster) => cluster !== undefined))];
    const rows = new Map(parts.flatMap(({ row }) => (row === undefined ? [] : [[row.key, row] as const])));
    let severity: Severity = this.#ports.sensitive.overlaps(transport) ? "medium" : "low";
    for (const row of rows.values()) severity = worse(severity, row.essential ? "medium" : "low");
    const names = [...endpoints].map(endpointText).sort();
    const roles = new Set(parts.flatMap((part) => part.roles));
    const evidence = [
      ...new Map(
        parts.flatMap((part) =>
          part.evidence === undefined
            ? []
            : [[`${part.evidence.resource}|${part.evidence.rule}|${part.evidence.text}`, part.evidence] as const],
        ),
      ).values(),
    ];
    const needed = [...rows.values()].map((row) => row.text);
    const side = first.direction === "ingress" ? "may reach" : "may leave";
    const what = this.#ports.title(transport);
    const peerResource = first.resource;
    return {
      kind: "unknown",
      rule: `unknown-${first.direction}`,
      severity,
      title: `Not known: what ${peerResource.id}${peerResource.name === "" ? "" : ` (${peerResource.name})`} lets through for ${what}`,
      reason: `${sentence(first.reason)} So it is not known whether ${what} ${side} ${listText(names)}.${needed.length === 0 ? "" : ` Required: ${listText(needed, 3)}.`}`,
      cluster: clusters[0]?.name ?? null,
      role: roles.size === 1 ? ([...roles][0] ?? null) : null,
      scope: scopeId(first.endpoint.scope),
      resources: [
        peerResource,
        ...(first.ruleSet === undefined || first.ruleSet.id === peerResource.id
          ? []
          : [
              {
                id: first.ruleSet.id,
                name: first.ruleSet.name,
                kind: first.ruleSet.kind,
                scope: scopeId(first.ruleSet.scope),
              },
            ]),
        ...[...endpoints].filter((endpoint) => !endpoint.standIn).map(endpointResource),
      ],
      traffic: transport.entries().map(({ protocol, ports }) => ({ peer: peerResource.id, protocol, ports })),
      parts: [],
      witness: null,
      evidence,
      sources: [...rows.values()].map((row) => ({ profile: row.profile, row: row.id, text: row.text })),
      route: null,
      identity: [
        clusters[0]?.name ?? "",
        first.ruleSet?.id ?? "",
        peerResource.id,
        first.direction,
        this.#ports.protocolLabel(transport),
        this.#ports.label(transport),
      ],
      exact: [transport.describe(), first.reason],
      endpoints,
      clusters,
      ruleSets: first.ruleSet === undefined ? [] : [first.ruleSet],
      transport,
      set: undefined,
      rows: new Set(rows.keys()),
    };
  }
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
