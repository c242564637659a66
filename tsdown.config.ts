// The command as one ESM tree under dist/. Dependencies stay outside, so that an installed copy shares and patches them;
// what a command needs is a chunk of its own, loaded by its `await import`, so that `--help` loads no SDK.
import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { "bin/audit": "src/bin/audit.ts" },
  outDir: "dist",
  format: "esm",
  platform: "node",
  target: "node22",
  fixedExtension: false,
  dts: false,
  sourcemap: true,
  clean: true,
  outputOptions: { chunkFileNames: "chunks/[name]-[hash].js" },
});
