// Two projects in one run: `unit` tests the modules as they are, `e2e` spawns the built command, which is brought up to
// date once before the first of them. Coloured output and the machine's time zone must not reach what tests compare.
import { defineConfig } from "vitest/config";

const SPAWNING = ["test/e2e/**/*.test.ts", "test/examples/**/*.test.ts"];
const env = { NO_COLOR: "1", TZ: "UTC" };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: SPAWNING,
          testTimeout: 20_000,
          env,
        },
      },
      {
        test: {
          name: "e2e",
          include: SPAWNING,
          globalSetup: ["test/e2e/support/build-once.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          env,
        },
      },
    ],
  },
});
