// Groups that a node driver makes, compared rule by rule with what that driver makes. A lens on the same rules: what is open too wide is
// found as excess like anywhere else, what is required and absent as missing.

import {
  scopeId,
  type ObservedRule,
  type Profile,
  type RecognisedGroup,
  type Rule,
  type RuleSet,
  type World,
} from "../../model/index.ts";
import { IpSet } from "../../net/index.ts";
import { ruleText, type NamedNetwork } from "./text.ts";

/** Every recognised group, held against the driver version it fits best; sorted by group id. */
export function recognisedGroups(
  world: World,
  observed: readonly Profile[],
  networks: readonly NamedNetwork[],
): RecognisedGroup[] {
  const found: RecognisedGroup[] = [];
  for (const ruleSet of world.ruleSets.values()) {
    const candidates = observed
      .filter((profile) => isRecognised(ruleSet, profile.recognise))
      .map((profile) => compareWith(ruleSet, profile, world, networks));
    const best = candidates.sort((a, b) => misfits(a) - misfits(b) || (a.profile < b.profile ? -1 : 1))[0];
    if (best !== undefined) found.push(best);
  }
  return found.sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

/** Whether a group is one that a driver makes: by its name or by a tag key. */
function isRecognised(ruleSet: RuleSet, recognise: Profile["recognise"]): boolean {
  if (recognise === undefined) return false;
  return (
    recognise.groupNames.includes(ruleSet.name) || recognise.tagKeys.some((key) => Object.hasOwn(ruleSet.tags, key))
  );
}

function misfits(group: RecognisedGroup): number {
  return group.rules.filter((rule) => rule.status !== "present").length;
}

function compareWith(
  ruleSet: RuleSet,
  profile: Profile,
  world: World,
  networks: readonly NamedNetwork[],
): RecognisedGroup {
  const expected = profile.observed.map((observed) => ({
    rule: observed.id,
    text: observedText(observed),
    status: statusOf(observed, ruleSet),
  }));
  const extra = ruleSet.rules
    .filter(
      (rule) =>
        !profile.observed.some(
          (observed) => rule.direction === observed.direction && rule.transport.isSubsetOf(observed.transport),
        ),
    )
    .map((rule) => ({
      rule: rule.id ?? "",
      text: `${rule.direction}: ${ruleText(rule, world.ruleSets, networks)}`,
      status: "extra" as const,
    }));
  return {
    resource: ruleSet.id,
    name: ruleSet.name,
    scope: scopeId(ruleSet.scope),
    profile: profile.id,
    rules: [...expected, ...extra],
  };
}

function statusOf(observed: ObservedRule, ruleSet: RuleSet): "present" | "narrower" | "absent" {
  const onPorts = ruleSet.rules.filter(
    (rule) => rule.direction === observed.direction && observed.transport.isSubsetOf(rule.transport),
  );
  if (isPeerMet(observed, onPorts, ruleSet)) return "present";
  const partly = ruleSet.rules.some(
    (rule) => rule.direction === observed.direction && rule.transport.overlaps(observed.transport),
  );
  return partly ? "narrower" : "absent";
}

function isPeerMet(observed: ObservedRule, rules: readonly Rule[], ruleSet: RuleSet): boolean {
  if (observed.peer === "self")
    return rules.some((rule) => rule.peer.kind === "security-group" && rule.peer.groupId === ruleSet.id);
  const addresses = IpSet.unionAll(
    rules.map((rule) =>
      rule.peer.kind === "cidr" ? rule.peer.addresses : rule.peer.kind === "any" ? IpSet.any : IpSet.empty,
    ),
  );
  return (observed.peer === "any-ipv4" ? IpSet.anyV4 : IpSet.anyV6).isSubsetOf(addresses);
}

function observedText(observed: ObservedRule): string {
  const peer = observed.peer === "self" ? "the group itself" : observed.peer === "any-ipv4" ? "0.0.0.0/0" : "::/0";
  return `${observed.direction}: ${observed.portsText} ${observed.direction === "ingress" ? "from" : "to"} ${peer} (${observed.purpose})`;
}
