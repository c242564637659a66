// The command as one ESM tree under dist/. What a command needs is a chunk of its own, loaded by its `await import`, so that
// `--help` loads no SDK. Dependencies stay outside, so that an installed copy shares and patches them; but for the two that
// every start needs, which are not worth a search through node_modules each time.
import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { "bin/audit": "src/bin/audit.ts" },
  outDir: "dist",
  format: "esm",
  platform: "node",
  target: "node22",
  fixedExtension: false,
  dts: false,
  clean: true,
  deps: { alwaysBundle: ["commander", "fastest-levenshtein"] },
  outputOptions: { chunkFileNames: "chunks/[name]-[hash].js" },
});
