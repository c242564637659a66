// Addresses as the configuration writes them: CIDRs, read strictly, and named networks. Errors point at the one list item that is wrong.

import type { PeerSpec } from "../model/index.ts";
import { AddressError, IpSet, parseCidr } from "../net/index.ts";
import { nearestHint } from "../profile/nearest.ts";
import type { YamlPath, YamlSource } from "../profile/yaml-source.ts";

type Texts = string | readonly string[];
type AddressSpec = Extract<PeerSpec, { kind: "addresses" }>;

export class NamedNetworks {
  readonly list: readonly { readonly name: string; readonly addresses: IpSet }[];
  readonly #yaml: YamlSource;

  /** Reads the `networks` of the file. Throws UserError where a CIDR is malformed. */
  constructor(networks: Readonly<Record<string, Texts>>, yaml: YamlSource) {
    this.#yaml = yaml;
    this.list = Object.entries(networks).map(([name, texts]) => {
      const specs = eachText(texts, ["networks", name]).map(([text, place]) => readCidr(text, place, yaml));
      return { name, addresses: IpSet.unionAll(specs.map((spec) => spec.addresses)) };
    });
  }

  /** A spec for each CIDR, labelled with its canonical text. */
  cidrs(texts: Texts, path: YamlPath): AddressSpec[] {
    return eachText(texts, path).map(([text, place]) => {
      const isName = this.list.some(({ name }) => name === text);
      return readCidr(text, place, this.#yaml, isName ? "it is a network: name it under networks" : undefined);
    });
  }

  /** A spec for each named network, labelled with its name. */
  named(texts: Texts, path: YamlPath): AddressSpec[] {
    return eachText(texts, path).map(([text, place]) => {
      const network = this.list.find(({ name }) => name === text);
      if (network === undefined)
        throw this.#yaml.error(place, `unknown network ${JSON.stringify(text)}`, this.#hint(text));
      return { kind: "addresses", label: network.name, addresses: network.addresses };
    });
  }

  /** CIDRs and named networks in one list: what is no network's name and looks like no address is an unknown network. */
  cidrsOrNamed(texts: Texts, path: YamlPath): IpSet {
    const sets = eachText(texts, path).map(([text, place]) => {
      const isName = this.list.some(({ name }) => name === text) || !/^[\da-fA-F.:/]+$/.test(text);
      const [spec] = isName ? this.named(text, place) : this.cidrs(text, place);
      return spec?.addresses ?? IpSet.empty;
    });
    return IpSet.unionAll(sets);
  }

  #hint(text: string): string {
    const names = this.list.map(({ name }) => name);
    return nearestHint(text, names) ?? "define it under networks, or write the addresses under cidrs";
  }
}

function eachText(texts: Texts, path: YamlPath): [text: string, path: YamlPath][] {
  return typeof texts === "string" ? [[texts, path]] : texts.map((text, index) => [text, [...path, index]]);
}

function readCidr(text: string, path: YamlPath, yaml: YamlSource, hint?: string): AddressSpec {
  try {
    const cidr = parseCidr(text);
    return { kind: "addresses", label: cidr.text, addresses: cidr.addresses };
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw yaml.error(path, error.message, hint);
  }
}
