// What of an item goes into a snapshot. Most are small and stay whole; a machine's description is long, and little of it is used.
// Keeps the provider's own names and shapes.

import type { FactType } from "../../snapshot/facts.ts";
import type { Item } from "../../snapshot/item-identity.ts";

/** Identity, state, place and addresses; nothing of disks, images, keys or start-up data. */
const INSTANCE_FIELDS: readonly string[] = [
  "InstanceId",
  "State",
  "Tags",
  "VpcId",
  "SubnetId",
  "PrivateIpAddress",
  "PublicIpAddress",
  "Ipv6Address",
  "SecurityGroups",
  "NetworkInterfaces",
  "Placement",
  "SourceDestCheck",
];

function picked(item: Item, fields: readonly string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const field of fields) if (item[field] !== undefined) kept[field] = item[field];
  return kept;
}

/**
 * The facts of one listed item.
 * @returns one item, or as many as a reservation holds machines
 */
export function trimmed(type: FactType, item: Item): readonly Item[] {
  if (type !== "Instances") return [item];
  const instances = Array.isArray(item["Instances"]) ? (item["Instances"] as readonly Item[]) : [];
  const owner = item["OwnerId"];
  return instances.map((instance) => ({
    ...picked(instance, INSTANCE_FIELDS),
    ...(typeof owner === "string" && { ReservationOwnerId: owner }),
  }));
}
