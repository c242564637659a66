// Selectors of the configuration -> who is meant: endpoints by what they carry, or addresses. One selector is either; a list of
// selectors is their union.

import type { EndpointSelector, PeerSpec, RoleBinding } from "../model/index.ts";
import { IpSet } from "../net/index.ts";
import type { YamlPath, YamlSource } from "../profile/yaml-source.ts";
import type { NamedNetworks } from "./addresses.ts";
import type { SelectorFile } from "./schema.ts";

type OneOrMore<T> = T | readonly T[];

export class Selectors {
  readonly #networks: NamedNetworks;
  readonly #yaml: YamlSource;

  constructor(networks: NamedNetworks, yaml: YamlSource) {
    this.#networks = networks;
    this.#yaml = yaml;
  }

  /** Everybody whom the selectors mean. Throws UserError where one names nothing or mixes endpoints with addresses. */
  peers(selectors: OneOrMore<SelectorFile>, path: YamlPath): PeerSpec[] {
    return places(selectors, path).flatMap(([selector, place]) => this.#peersOf(selector, place));
  }

  /** Endpoints only, for what receives. Throws UserError where a selector names addresses. */
  endpoints(selectors: OneOrMore<SelectorFile>, path: YamlPath): EndpointSelector[] {
    return places(selectors, path).map(([selector, place]) => {
      const key = addressKeys(selector)[0];
      if (key !== undefined)
        throw this.#yaml.error(
          [...place, key],
          `${key} cannot say what receives`,
          "select endpoints by tags, security_groups, names, subnets, load_balancers or ids",
          "key",
        );
      const [spec] = this.#peersOf(selector, place);
      if (spec?.kind !== "endpoints") throw new Error("a selector without addresses selects endpoints");
      return spec.selector;
    });
  }

  /** Who holds a role. */
  role(binding: "none" | OneOrMore<SelectorFile>, path: YamlPath): RoleBinding {
    if (binding === "none") return { kind: "none" };
    const seen = places(binding, path).flatMap(([{ seen_as: seenAs }, place]) =>
      seenAs === undefined ? [] : [this.#networks.cidrsOrNamed(seenAs, [...place, "seen_as"])],
    );
    return {
      kind: "bound",
      specs: this.peers(binding, path),
      ...(seen.length === 0 ? {} : { seenAs: IpSet.unionAll(seen) }),
      position: this.#yaml.position(path, "key"),
    };
  }

  #peersOf(selector: SelectorFile, path: YamlPath): PeerSpec[] {
    const endpoint = endpointSelector(selector);
    const [addressKey] = addressKeys(selector);
    const [endpointKey] = Object.keys(selector).filter(
      (key) => key !== "seen_as" && key !== "cidrs" && key !== "networks",
    );
    if (endpointKey === undefined && addressKey === undefined) {
      throw this.#yaml.error(
        path,
        "the selector names nothing",
        "give tags, security_groups, names, subnets, load_balancers, ids, cidrs or networks",
      );
    }
    if (addressKey === undefined) return [{ kind: "endpoints", selector: endpoint }];
    if (endpointKey !== undefined) {
      throw this.#yaml.error(
        [...path, addressKey],
        `${addressKey} and ${endpointKey} do not go together in one selector`,
        "write a list of two selectors",
        "key",
      );
    }
    return [
      ...(selector.networks === undefined ? [] : this.#networks.named(selector.networks, [...path, "networks"])),
      ...(selector.cidrs === undefined ? [] : this.#networks.cidrs(selector.cidrs, [...path, "cidrs"])),
    ];
  }
}

function addressKeys(selector: SelectorFile): ("cidrs" | "networks")[] {
  return (["cidrs", "networks"] as const).filter((key) => selector[key] !== undefined);
}

function endpointSelector(selector: SelectorFile): EndpointSelector {
  const { tags, security_groups: securityGroups, names, subnets, load_balancers: loadBalancers, ids } = selector;
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(securityGroups === undefined ? {} : { securityGroups: listOf(securityGroups) }),
    ...(names === undefined ? {} : { names: listOf(names) }),
    ...(subnets === undefined ? {} : { subnets: listOf(subnets) }),
    ...(loadBalancers === undefined ? {} : { loadBalancers: listOf(loadBalancers) }),
    ...(ids === undefined ? {} : { ids: listOf(ids) }),
  };
}

/** Each selector with the place where it is written. */
function places<T extends object>(value: OneOrMore<T>, path: YamlPath): [T, YamlPath][] {
  return Array.isArray(value)
    ? (value as readonly T[]).map((item, index) => [item, [...path, index]])
    : [[value as T, path]];
}

function listOf(texts: OneOrMore<string>): readonly string[] {
  return typeof texts === "string" ? [texts] : texts;
}
