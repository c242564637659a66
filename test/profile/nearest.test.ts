import { describe, expect, it } from "vitest";
import { nearest, nearestHint } from "../../src/profile/nearest.ts";

const ROLES = ["etcd_nodes", "control_plane_nodes", "worker_nodes", "external_lb"];

describe("the nearest name", () => {
  it("is one that a slip of the hand explains, letter case aside", () => {
    expect(nearest("woker_nodes", ROLES)).toBe("worker_nodes");
    expect(nearest("ETCD_NODES", ROLES)).toBe("etcd_nodes");
  });

  it("is none where the name is another word", () => {
    expect(nearest("bastion", ROLES)).toBeUndefined();
    expect(nearest("bastion", [])).toBeUndefined();
  });

  it("is offered alone; a few known names are listed instead where there is none", () => {
    expect(nearestHint("external_ld", ROLES)).toBe("did you mean external_lb?");
    expect(nearestHint("bastion", ROLES)).toBe("known: etcd_nodes, control_plane_nodes, worker_nodes, external_lb");
    expect(
      nearestHint(
        "bastion",
        Array.from({ length: 40 }, (_, index) => `name-${index}-of-many`),
      ),
    ).toBeUndefined();
  });
});
