// The story of a cluster that follows the documentation exactly.

import { healthyCluster } from "./healthy-cluster.ts";
import type { SnapshotFiles } from "./snapshot-files.ts";
import { regionFiles } from "./snapshot-files.ts";

export function clean(): SnapshotFiles {
  return regionFiles(
    healthyCluster({ story: "clean", account: "111122223333", region: "eu-west-1" }, { officeIsReadable: true }),
  );
}
