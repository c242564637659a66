#!/usr/bin/env node
// The command. Nothing is imported before the version of Node.js is known to be able to run it.
import module from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  console.error(`audit: needs Node.js 22.15 or newer, and this is ${process.versions.node}; install a newer one`);
  process.exitCode = 2;
} else {
  module.enableCompileCache();
  try {
    const { main } = await import("../cli/main.ts");
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    // An installation that lacks parts. Node.js would end with 1, which reads as findings.
    console.error(error);
    process.exitCode = 4;
  }
}
