// Checks the types of the sources and bundles them into dist/. A bundle starts faster: `drum --help` reads a few files instead of dozens.

import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { root, runQuietly } from "./run.mjs";

/** The files that are started or imported by name: the program, the threads, and the modules that scripts use. */
export const entries = [
  "supervisor/main",
  "supervisor/places",
  "supervisor/formats/parquet/thread",
  "supervisor/serving/monitoring/thread",
  "supervisor/runtimes/environments/catalogue",
  "supervisor/runtimes/environments/install",
];

/** Replaces an earlier build. Throws on a type error or a missing import. */
export async function build() {
  await runQuietly(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"]);
  // Not imported at the top, since setup imports this file before it installs the packages.
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

/** The dependencies that npm installs with drumline. The devDependencies become part of the bundle. */
async function installedPackages() {
  const read = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  return Object.keys({ ...read.dependencies, ...read.optionalDependencies }).map(
    (name) => new RegExp(`^${name}(/|$)`),
  );
}

/** The licences of the packages in the bundle, which must accompany copies of them. */
async function licensesOf(output) {
  const modules = output.flatMap((chunk) => chunk.moduleIds ?? []);
  const folders = new Set(
    modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id) ?? []),
  );
  const texts = [...folders].toSorted().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const text = (await licenceIn(folder)) ?? license;
    if (!text) throw new Error(`${name} has no licence, which the bundle must include`);
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}

/** The text of the licence file, else that part of the readme. */
async function licenceIn(folder) {
  const files = await readdir(folder);
  const read = (pattern) => {
    const file = files.find((one) => pattern.test(one));
    return file && readFile(path.join(folder, file), "utf8");
  };
  const text = await read(/^licen[cs]e/i);
  return text ?? /^#+ licen[cs]e\s+(.*)/ims.exec((await read(/^readme/i)) ?? "")?.[1];
}
