// Prepares a fresh clone: packages, build, environments of all languages, trained models. Needs Node, Python, a JDK and Maven.
// Skips steps that are done and whose inputs have not changed since, according to stamps under .setup/.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, entries } from "./build.mjs";
import { isProgram, root, runQuietly, say } from "./run.mjs";

const stamps = path.join(root, ".setup");
const environmentNames = ["python3_sklearn", "python3_xgboost", "r_caret", "julia_mlj", "java"];

/** Families of models with large environments, for `npm run test:frameworks`. */
export const frameworks = ["onnx", "pytorch", "keras"];

/**
 * Throws if a step fails. `buildOnly` leaves out environments and models; `forTests` adds the clients and linters that only tests use;
 * `families` adds families of models.
 */
export async function setup({ buildOnly = false, forTests = false, families = [] } = {}) {
  checkNode();
  await step(compiler());
  await step(packages());
  await step(await bundle());
  await step(await jvmWorker());
  if (buildOnly) return;
  for (const name of environmentNames) await step(environment(name));
  for (const family of ["sklearn", "xgboost"]) await step(await models(family));
  for (const one of examples) await step(example(one));
  if (forTests) {
    await step(clients("clients", "requirements.txt"));
    await seldonPeer();
    await step(formTools());
    await step(testPackages());
  }
  for (const family of families) {
    await step(environment(`python3_${family}`));
    await step(await models(family));
  }
}

/** The interpreter of an installed environment; undefined if it is not installed. */
export async function interpreterOf(name) {
  const { environmentNamed, findInstalled } = await import(
    "../dist/supervisor/runtimes/environments/catalogue.js"
  );
  const { readPlaces } = await import("../dist/supervisor/places.js");
  const places = readPlaces();
  return findInstalled(environmentNamed(name, places), places.dataDirectory)?.interpreter;
}

/** The program of Seldon's wrapper that the bench compares drum with, installed if it is not. */
export async function seldonPeer() {
  await step(clients("seldon", "seldon-requirements.txt"));
  return path.join(root, ".setup/seldon/bin/seldon-core-microservice");
}

/** The interpreter of the environment with MLServer that the bench compares drum with, installed if it is not. */
export async function mlserverPeer() {
  await step(clients("mlserver", "mlserver-requirements.txt"));
  return path.join(root, ".setup/mlserver/bin/python");
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`needs Node 20.19 or later, this is ${process.versions.node}; install a newer one`);
  }
}

/** better-sqlite3, which drum hub needs, is compiled where its makers have no build for the machine at hand. */
function compiler() {
  const programs = ["g++", "make"];
  return {
    name: "compiler",
    // Without it and the rights to install it, npm leaves better-sqlite3 out, and drum hub says what it needs.
    async isDone() {
      const [canInstall, ...found] = await Promise.all(["apt-get", ...programs].map(isOnPath));
      return found.every(Boolean) || !canInstall || process.getuid() !== 0;
    },
    async run() {
      await runQuietly("apt-get", ["update"]);
      await runQuietly("apt-get", ["install", "--yes", "--no-install-recommends", ...programs]);
    },
  };
}

function isOnPath(program) {
  return runQuietly("sh", ["-c", `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}

function packages() {
  // Node's own headers, if they are there, need no download.
  const prefix = path.dirname(path.dirname(process.execPath));
  const variables = existsSync(path.join(prefix, "include", "node")) ? { npm_config_nodedir: prefix } : {};
  return {
    name: "packages",
    inputs: ["package-lock.json"],
    outputs: ["node_modules/.package-lock.json"],
    run: () => runQuietly("npm", ["ci", "--include=dev", "--include=optional"], variables),
  };
}

async function bundle() {
  const sources = [...(await filesBelow("protocol")), ...(await filesBelow("supervisor"))].filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  return {
    name: "build",
    inputs: ["package-lock.json", "tsconfig.json", "scripts/build.mjs", ...sources],
    outputs: entries.map((entry) => `dist/${entry}.js`),
    run: build,
  };
}

async function jvmWorker() {
  const sources = (await filesBelow("workers/jvm")).filter((file) => /\/src\/|pom\.xml$/.test(file));
  return {
    name: "jvm worker",
    inputs: sources,
    outputs: ["workers/jvm/lib/drumline-worker.jar"],
    run: () => runQuietly("mvn", ["-q", "-B", "-f", "workers/jvm/pom.xml", "package", "-DskipTests"]),
  };
}

function environment(name) {
  return {
    name: `environment ${name}`,
    isDone: async () => (await interpreterOf(name)) !== undefined,
    async run() {
      const { installEnvironment } = await import("../dist/supervisor/runtimes/environments/install.js");
      const { readPlaces } = await import("../dist/supervisor/places.js");
      await installEnvironment(name, { places: readPlaces() });
    },
  };
}

/** `family` is the prefix of the models' folders. A framework has its own script; the others are arguments of train.py. */
async function models(family) {
  const words = frameworks.includes(family)
    ? [`e2e/models/train_${family}.py`]
    : ["e2e/models/train.py", family];
  const folders = (await readdir(path.join(root, "e2e/models"))).filter((name) =>
    name.startsWith(`${family}_`),
  );
  const requirements = `environments/python3_${family}/requirements.txt`;
  return {
    name: `models of ${family}`,
    inputs: [...new Set(["e2e/models/train.py", words[0], requirements])],
    outputs: folders.flatMap((name) => outputsOf(name, family)),
    run: async () => runQuietly(await interpreterOf(`python3_${family}`), words),
  };
}

const endings = { onnx: "onnx", pytorch: "pth", keras: "keras" };

function outputsOf(name, family) {
  const [, ending = endings[family] ?? "pkl"] = /_(joblib|h5)$/.exec(name) ?? [];
  return [`model.${ending}`, "input.csv", "expected.json"].map((file) => `e2e/models/${name}/${file}`);
}

/** The examples whose artifact is trained here. The artifacts of the others are in the repository. */
const examples = [
  { name: "diabetes", artifact: "model.pkl", script: "train.py", environment: "python3_sklearn" },
  { name: "fuel", artifact: "model.rds", script: "train.R", environment: "r_caret" },
  { name: "flowers", artifact: "model.rds", script: "train.R", environment: "r_caret" },
];

function example({ name, artifact, script, environment }) {
  const folder = `examples/${name}`;
  return {
    name: `example ${name}`,
    inputs: [`${folder}/${script}`, `environments/${environment}/environment.json`],
    outputs: [`${folder}/${artifact}`],
    run: async () => runQuietly(await interpreterOf(environment), [`${folder}/${script}`, folder]),
  };
}

/**
 * Other projects' Python clients for the end-to-end tests. Those in JavaScript are npm packages of ours. Those of Seldon have a folder of
 * their own, since they want old versions of other packages.
 */
function clients(name, file) {
  const [requirements, folder] = [`e2e/clients/${file}`, `.setup/${name}`];
  return {
    name: `test ${name}`,
    inputs: [requirements],
    outputs: [`${folder}/bin/python`],
    async run() {
      await runQuietly(await interpreterOf("python3_sklearn"), ["-m", "venv", "--clear", folder]);
      const pip = ["-m", "pip", "--disable-pip-version-check", "install", "--requirement", requirements];
      await runQuietly(`${folder}/bin/python`, pip);
    },
  };
}

/** The linters that pip installs: ruff and hadolint. */
function formTools() {
  const requirements = ["python", "docker"].map((name) => `scripts/form/${name}-requirements.txt`);
  return {
    name: "form tools",
    inputs: requirements,
    outputs: [".setup/form/bin/ruff", ".setup/form/bin/hadolint"],
    async run() {
      await runQuietly(await interpreterOf("python3_sklearn"), ["-m", "venv", "--clear", ".setup/form"]);
      const files = requirements.flatMap((file) => ["--requirement", file]);
      const pip = ["-m", "pip", "--disable-pip-version-check", "install", ...files];
      await runQuietly(".setup/form/bin/python", pip);
    },
  };
}

/** The linter for R, from Debian's packages. */
function testPackages() {
  const isThere = ["-e", "for (name in c('lintr', 'bit64')) loadNamespace(name)"];
  return {
    name: "R packages of the tests",
    isDone: async () =>
      runQuietly(await interpreterOf("r_caret"), isThere).then(
        () => true,
        () => false,
      ),
    async run() {
      await runQuietly("apt-get", ["update"]);
      await runQuietly("apt-get", [
        "install",
        "--yes",
        "--no-install-recommends",
        "r-cran-lintr",
        "r-cran-bit64",
      ]);
    },
  };
}

/** Runs a step unless it is up to date: by its own `isDone`, or by its stamp and outputs. Prints one line. */
async function step({ name, inputs = [], outputs = [], isDone, run }) {
  const stamp = path.join(stamps, name.replaceAll(" ", "-"));
  const hash = await hashOf(inputs);
  const done = isDone ? await isDone() : (await readText(stamp)) === hash && (await allExist(outputs));
  if (done) return say(`${name}: up to date`);
  const start = performance.now();
  try {
    await run();
  } catch (error) {
    throw new Error(`${name}: failed: ${error.message}`, { cause: error });
  }
  if (!(await allExist(outputs))) throw new Error(`${name}: succeeded, but some of its output is missing`);
  await mkdir(stamps, { recursive: true });
  if (!isDone) await writeFile(stamp, hash);
  say(`${name}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Hashes names and contents. */
async function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(await readFile(path.join(root, file)));
  return hash.digest("hex");
}

async function filesBelow(folder) {
  const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
}

async function readText(file) {
  return readFile(file, "utf8").catch(() => undefined);
}

async function allExist(files) {
  const found = await Promise.all(files.map((file) => stat(path.join(root, file)).catch(() => undefined)));
  return found.every((one) => one !== undefined);
}

if (isProgram(import.meta.url)) {
  try {
    await setup({ buildOnly: process.argv.includes("--build"), forTests: true });
  } catch (error) {
    process.stderr.write(`setup: ${error.message}\n`);
    process.exitCode = 1;
  }
}
