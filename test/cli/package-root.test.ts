import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot, packageVersion } from "../../src/cli/package-root.ts";

describe("packageRoot", () => {
  it("is the folder of package.json, from which the shipped data is reached", () => {
    expect(existsSync(join(packageRoot(), "src/cli/package-root.ts"))).toBe(true);
    expect(existsSync(join(packageRoot(), "profiles"))).toBe(true);
  });

  it("gives the version that package.json states", () => {
    expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });
});
