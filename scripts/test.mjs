// `npm test`: sets up, then runs every part of the test suite, even after failures. The last line is the total: "N passed, N failed".
// `node scripts/test.mjs unit python` runs only these parts; `npm run test:quick` runs types and unit tests. `npm run test:frameworks`
// tests the large frameworks and installs their environments; `npm test -- all` includes them.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { findPythons } from "./pythons.mjs";
import { runSeen, say } from "./run.mjs";
import { frameworks, interpreterOf, setup } from "./setup.mjs";

const node = process.execPath;

/** Each part returns outcomes: { title, passed, failures }, with a text for each failure. */
const parts = {
  form: formChecks,
  types: async () => [
    await oneCheck("types", [node, "node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json"]),
  ],
  unit: () => vitest("unit"),
  python: pythonTests,
  r: async () => [await counted("r", await interpreterOf("r_caret"), ["workers/r/tests/run.R"])],
  julia: async () => [
    await counted("julia", await interpreterOf("julia_mlj"), ["workers/julia/tests/run.jl"]),
  ],
  jvm: async () => [await counted("jvm", "sh", ["workers/jvm/tests/run.sh"])],
  e2e: () => vitest("e2e"),
  frameworks: frameworkTests,
};
const onlyWhenNamed = ["frameworks"];
/** What `npm run test:quick` runs, in under three minutes. */
const quick = ["types", "unit"];

/** The formatters and linters of all languages, fastest first. */
async function formChecks() {
  const checks = {
    biome: [node, "node_modules/@biomejs/biome/bin/biome", "check", "."],
    prettier: [node, "node_modules/prettier/bin/prettier.cjs", "--check", "**/*.md"],
    ruff: [".setup/form/bin/ruff", "check", "."],
    "ruff format": [".setup/form/bin/ruff", "format", "--check", "."],
    hadolint: ["sh", "scripts/form/docker.sh", ".setup/form/bin"],
    "google-java-format": ["sh", "scripts/form/java.sh"],
    "julia form": [await interpreterOf("julia_mlj"), "scripts/form/julia.jl"],
    lintr: [await interpreterOf("r_caret"), "scripts/form/r.R"],
  };
  const outcomes = [];
  for (const [title, words] of Object.entries(checks)) outcomes.push(await oneCheck(title, words));
  return outcomes;
}

async function oneCheck(title, [command, ...words]) {
  say(`\n-- ${title}`);
  const code = await runSeen(command, words);
  return { title, passed: code === 0 ? 1 : 0, failures: code === 0 ? [] : [`ended with ${code}`] };
}

async function vitest(project) {
  return [
    await withReport(project, async (report) => {
      const reporters = ["--reporter", "verbose", "--reporter", "json", "--outputFile.json", report];
      const words = ["node_modules/vitest/vitest.mjs", "run", "--project", project, ...reporters];
      const code = await runSeen(node, words);
      const { numPassedTests: passed, testResults } = await readReport(report);
      const failures = testResults.flatMap(failuresIn);
      // The results of files do not include errors outside of tests.
      if (failures.length === 0 && code !== 0) failures.push("an error outside of the tests");
      return { passed, failures };
    }),
  ];
}

/** A file that fails without a failed test could not be loaded, or failed between tests. */
function failuresIn({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((one) => one.status === "failed");
  if (failed.length === 0 && status === "failed") return [`${name}: ${message}`];
  return failed.map((one) => `${name}: ${one.fullName}\n${one.failureMessages.join("\n")}`);
}

/** The Python worker's tests: those without packages with every Python found, the others in the environments. */
async function pythonTests() {
  const outcomes = [];
  for (const { interpreter, version } of await findPythons("3.8")) {
    outcomes.push(await unittest(`python ${version}`, { interpreter, folder: "bare" }));
  }
  for (const name of ["python3_sklearn", "python3_xgboost"]) {
    const interpreter = await interpreterOf(name);
    outcomes.push(
      await unittest(name, { interpreter, folder: "environment", variables: { DRUM_TEST_ENVIRONMENT: "1" } }),
    );
  }
  return outcomes;
}

/** The Python worker's tests of each framework in its environment, then the end-to-end tests of all frameworks. */
async function frameworkTests() {
  const outcomes = [];
  for (const family of frameworks) {
    const interpreter = await interpreterOf(`python3_${family}`);
    outcomes.push(await unittest(`python3_${family}`, { interpreter, folder: `frameworks/${family}` }));
  }
  return [...outcomes, ...(await vitest("frameworks"))];
}

function unittest(title, { interpreter, folder, variables }) {
  say(`\n-- ${title} (${interpreter})`);
  return withReport(title, async (report) => {
    const words = ["scripts/unittest_counts.py", `workers/python/tests/${folder}`, report];
    const code = await runSeen(interpreter, words, { variables });
    const { passed, failures } = await readReport(report);
    if (failures.length === 0 && code !== 0) failures.push(`ended with ${code}`);
    return { passed, failures };
  });
}

/** Runs a suite that prints a line FAILED for each failed test, and ends with "N passed, N failed". */
async function counted(title, command, words) {
  let output = "";
  const onOutput = (text) => {
    output += text;
  };
  try {
    const code = await runSeen(command, words, { onOutput });
    const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(output)?.map(Number) ?? [];
    if (!(passed + failed > 0)) throw new Error("ended without printing how many tests passed");
    const failures = output.match(/^FAILED .*/gm) ?? [];
    while (failures.length < failed) failures.push("see its output above");
    if (failures.length === 0 && code !== 0) failures.push(`ended with ${code}`);
    return { title, passed, failures };
  } catch (error) {
    return { title, passed: 0, failures: [error.message] };
  }
}

/** Runs with a path for the report. A run without a report or without tests counts as a failure. */
async function withReport(title, run) {
  const folder = await mkdtemp(path.join(tmpdir(), "drum-test-"));
  try {
    const { passed, failures } = await run(path.join(folder, "report.json"));
    if (passed + failures.length === 0) failures.push("ran no tests");
    return { title, passed, failures };
  } catch (error) {
    return { title, passed: 0, failures: [error.message] };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readReport(file) {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new Error("ended without writing its report");
  return JSON.parse(text);
}

async function test(given) {
  const names = given.includes("all") ? Object.keys(parts) : given.includes("quick") ? quick : given;
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown) throw new Error(`unknown part "${unknown}"; choose from ${Object.keys(parts).join(", ")}`);
  const isQuick = given.includes("quick");
  await setup({
    buildOnly: isQuick,
    forTests: true,
    families: names.includes("frameworks") ? frameworks : [],
  });
  const outcomes = [];
  for (const [name, run] of Object.entries(parts)) {
    if (names.length > 0 ? !names.includes(name) : onlyWhenNamed.includes(name)) continue;
    say(`\n== ${name}`);
    outcomes.push(...(await run()));
  }
  return outcomes;
}

/** Prints the failures in full, then the counts, so that the end of a long run shows what is wrong. */
function tell(outcomes) {
  const failures = outcomes.flatMap((one) => one.failures.map((text) => `${one.title}: ${text}`));
  if (failures.length > 0) say(`\n== failed\n${failures.join("\n\n")}`);
  say("\n== result");
  for (const one of outcomes) say(`${one.title}: ${counts(one.passed, one.failures.length)}`);
  say(
    counts(
      outcomes.reduce((sum, one) => sum + one.passed, 0),
      failures.length,
    ),
  );
  return failures.length;
}

function counts(passed, failed) {
  return `${passed} passed, ${failed} failed`;
}

let outcomes;
try {
  outcomes = await test(process.argv.slice(2));
} catch (error) {
  outcomes = [{ title: "test", passed: 0, failures: [error.message] }];
}
process.exitCode = tell(outcomes) > 0 ? 1 : 0;
