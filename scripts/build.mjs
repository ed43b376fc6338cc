// Checks the types of the sources and bundles them into dist/. A bundle starts sooner: `drum --help` reads a few files instead of a few dozen.

import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { root, runQuietly } from "./run.mjs";

/** What is started or imported by its own name: the program, the reporting thread, and what the scripts use. */
export const entries = [
  "supervisor/main",
  "supervisor/places",
  "supervisor/serving/monitoring/thread",
  "supervisor/runtimes/environments/catalogue",
  "supervisor/runtimes/environments/install",
];

/** Removes what an earlier build made. Throws when a type is wrong or an import is not found. */
export async function build() {
  await runQuietly(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"]);
  // Not at the top: setup imports this file before the packages are there.
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
    platform: "node",
    external: await installedPackages(),
  });
  const dist = path.join(root, "dist");
  await rm(dist, { recursive: true, force: true });
  const { output } = await bundle.write({
    dir: dist,
    format: "esm",
    sourcemap: true,
    chunkFileNames: "supervisor/parts/[name].js",
  });
  await chmod(path.join(dist, "supervisor/main.js"), 0o755);
  await writeFile(path.join(dist, "LICENSES.txt"), await licensesOf(output));
}

/** The dependencies that npm installs beside drumline; the others, devDependencies, become part of the bundle. */
async function installedPackages() {
  const { dependencies } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  return Object.keys(dependencies).map((name) => new RegExp(`^${name}(/|$)`));
}

/** The licences of the packages in the bundle, which their authors ask to be kept with copies. */
async function licensesOf(output) {
  const modules = output.flatMap((chunk) => chunk.moduleIds ?? []);
  const folders = new Set(
    modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id) ?? []),
  );
  const texts = [...folders].toSorted().map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    if (!file) throw new Error(`${name} brings no licence to keep with the bundle`);
    return `${name} ${version}\n\n${(await readFile(path.join(folder, file), "utf8")).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}
