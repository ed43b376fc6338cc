// Makes a fresh clone ready: packages, build, environments of all languages, trained models. Needs Node, Python, a JDK and Maven; what is done
// already and still fits its inputs is skipped, which stamps under .setup/ tell.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, entries } from "./build.mjs";
import { isProgram, root, runQuietly, say } from "./run.mjs";

const stamps = path.join(root, ".setup");
const environmentNames = ["python3_sklearn", "python3_xgboost", "r_caret", "julia_mlj", "java"];

/** Families of models whose environments are large; the suite test:frameworks asks for them. */
export const frameworks = ["onnx", "pytorch", "keras"];

/**
 * Throws when a step fails. With `buildOnly`, environments and models are left as they are; with `forTests` come clients and checks of form that only tests use; `families` are made
 * beside the usual ones.
 */
export async function setup({ buildOnly = false, forTests = false, families = [] } = {}) {
  checkNode();
  await step(packages());
  await step(await bundle());
  await step(await jvmWorker());
  if (buildOnly) return;
  for (const name of environmentNames) await step(environment(name));
  for (const family of ["sklearn", "xgboost"]) await step(await models(family));
  for (const one of examples) await step(example(one));
  if (forTests) {
    await step(clients());
    await step(formTools());
    await step(lintr());
  }
  for (const family of families) {
    await step(environment(`python3_${family}`));
    await step(await models(family));
  }
}

/** The interpreter of an environment that setup() has installed. */
export async function interpreterOf(name) {
  const { environmentNamed, findInstalled } = await import(
    "../dist/supervisor/runtimes/environments/catalogue.js"
  );
  const { readPlaces } = await import("../dist/supervisor/places.js");
  const places = readPlaces();
  return findInstalled(environmentNamed(name, places), places.dataDirectory)?.interpreter;
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node 20.19 or later is needed, this is ${process.versions.node}; install a newer one`);
  }
}

function packages() {
  return {
    name: "packages",
    inputs: ["package-lock.json"],
    outputs: ["node_modules/.package-lock.json"],
    run: () => runQuietly("npm", ["ci", "--include=dev"]),
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

/** `family` is what the models' folders begin with; a framework has a script of its own, the others are a word to train.py. */
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

/** The examples whose artifact is made here; the others' are in the repository. */
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

/** Other projects' clients in Python, which the end-to-end tests use as they are; those in JavaScript are packages of ours. */
function clients() {
  const requirements = "e2e/clients/requirements.txt";
  return {
    name: "test clients",
    inputs: [requirements],
    outputs: [".setup/clients/bin/python"],
    async run() {
      await runQuietly(await interpreterOf("python3_sklearn"), ["-m", "venv", "--clear", ".setup/clients"]);
      const pip = ["-m", "pip", "--disable-pip-version-check", "install", "--requirement", requirements];
      await runQuietly(".setup/clients/bin/python", pip);
    },
  };
}

/** The checks of form that pip brings: ruff and hadolint. */
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

/** The check of form for R, which Debian brings. */
function lintr() {
  const isThere = ["-e", "quit(status = !requireNamespace('lintr', quietly = TRUE))"];
  return {
    name: "lintr",
    isDone: async () =>
      runQuietly(await interpreterOf("r_caret"), isThere).then(
        () => true,
        () => false,
      ),
    async run() {
      await runQuietly("apt-get", ["update"]);
      await runQuietly("apt-get", ["install", "--yes", "--no-install-recommends", "r-cran-lintr"]);
    },
  };
}

/** Runs a step unless it says that it is done, or its stamp and outputs are there; says so in one line. */
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
  if (!(await allExist(outputs))) throw new Error(`${name}: ended well, but not all of its output is there`);
  await mkdir(stamps, { recursive: true });
  if (!isDone) await writeFile(stamp, hash);
  say(`${name}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Over names and contents. */
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
