// Completes package-lock.json with the optional packages of other platforms. npm leaves an optional package out of the lock
// when it cannot fetch its description (a mirror that carries one platform only; npm/cli#4828), and `npm ci` then refuses the
// lock everywhere. What is missing is written here from the exact version its parent asks for; system, processor and C library
// are in the package's name, so npm can tell that it need not fetch it.
//   usage: node .ci/complete-lock.mjs            (after `npm install`; prints what it added)

import { readFileSync, writeFileSync } from "node:fs";

const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const PROCESSORS = ["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "wasm32", "loong64"];

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = {};

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
    if (places.some((place) => place in lock.packages)) continue;
    const words = name.split("/").at(-1).split("-");
    const system = SYSTEMS.find((word) => words.includes(word));
    const processor = PROCESSORS.find((word) => words.includes(word));
    if (system === undefined || processor === undefined || !/^\d+\.\d+\.\d+[-+.\w]*$/.test(version)) {
      console.error(`not completed: ${name}@${version}, wanted by ${path}`);
      process.exitCode = 1;
      continue;
    }
    const libc = words.at(-1).startsWith("musl") ? "musl" : words.at(-1).startsWith("gnu") ? "glibc" : undefined;
    added[`node_modules/${name}`] = {
      version,
      cpu: [processor],
      ...(entry.dev ? { dev: true } : {}),
      ...(libc && system === "linux" ? { libc: [libc] } : {}),
      license: entry.license,
      optional: true,
      os: [system],
    };
  }
}

const { "": root, ...packages } = { ...lock.packages, ...added };
lock.packages = {
  "": root,
  ...Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en"))),
};
if (Object.keys(added).length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${Object.keys(added).length} entries added`);
