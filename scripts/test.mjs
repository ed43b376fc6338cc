// `npm test`: set-up, then every part of the test suite, also after failures. The last line is the sum: "N passed, N failed".
// `node scripts/test.mjs unit python` runs only these parts.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { findPythons } from "./pythons.mjs";
import { runSeen, say } from "./run.mjs";
import { interpreterOf, setup } from "./setup.mjs";

const node = process.execPath;

/** Each answers with one or more outcomes: { title, passed, failed }. */
const parts = {
  lint: () => oneCheck("biome", ["node_modules/@biomejs/biome/bin/biome", "check", "."]),
  types: () => oneCheck("types", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json"]),
  unit: () => vitest("unit"),
  python: pythonTests,
  r: async () => [await counted("r", await interpreterOf("r_caret"), ["workers/r/tests/run.R"])],
  julia: async () => [
    await counted("julia", await interpreterOf("julia_mlj"), ["workers/julia/tests/run.jl"]),
  ],
  jvm: async () => [await counted("jvm", "sh", ["workers/jvm/tests/run.sh"])],
  e2e: () => vitest("e2e"),
};

async function oneCheck(title, words) {
  const code = await runSeen(node, words);
  return [{ title, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }];
}

async function vitest(project) {
  return [
    await withReport(project, async (report) => {
      const code = await runSeen(node, [
        "node_modules/vitest/vitest.mjs",
        "run",
        ...["--project", project, "--reporter", "verbose", "--reporter", "json", "--outputFile.json", report],
      ]);
      const { numPassedTests: passed, testResults } = await readReport(report);
      const failed = testResults.reduce((sum, file) => sum + failuresIn(file), 0);
      // Errors outside tests are in no file's results.
      return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
    }),
  ];
}

/** A file that fails without a failed test could not be read, or failed between tests. */
function failuresIn({ status, assertionResults }) {
  const failed = assertionResults.filter((one) => one.status === "failed").length;
  return failed === 0 && status === "failed" ? 1 : failed;
}

/** The worker's tests: those that need no packages with every Python there is, the others in the environments. */
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

function unittest(title, { interpreter, folder, variables }) {
  say(`\n-- ${title} (${interpreter})`);
  return withReport(title, async (report) => {
    const words = ["scripts/unittest_counts.py", `workers/python/tests/${folder}`, report];
    const code = await runSeen(interpreter, words, { variables, limitSeconds: 300 });
    const { passed, failed } = await readReport(report);
    return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
  });
}

/** A suite whose last line says how many tests passed. */
async function counted(title, command, words) {
  let output = "";
  const onOutput = (text) => {
    output = (output + text).slice(-1000);
  };
  try {
    const code = await runSeen(command, words, { onOutput });
    const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(output)?.map(Number) ?? [];
    if (passed + failed > 0) return { title, passed, failed: failed === 0 && code !== 0 ? 1 : failed };
    say(`${title}: ended without saying how many tests passed`);
  } catch (error) {
    say(`${title}: ${error.message}`);
  }
  return { title, passed: 0, failed: 1 };
}

/** Runs with a place for the report; what gives no report, or ran nothing, counts as a failure. */
async function withReport(title, run) {
  const folder = await mkdtemp(path.join(tmpdir(), "drum-test-"));
  try {
    const { passed, failed } = await run(path.join(folder, "report.json"));
    if (passed + failed > 0) return { title, passed, failed };
    say(`${title}: ran no tests`);
  } catch (error) {
    say(`${title}: ${error.message}`);
  } finally {
    await rm(folder, { recursive: true });
  }
  return { title, passed: 0, failed: 1 };
}

async function readReport(file) {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new Error("ended without saying how many tests passed");
  return JSON.parse(text);
}

async function test(names) {
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown) throw new Error(`there is no part "${unknown}"; choose from ${Object.keys(parts).join(", ")}`);
  await setup();
  const outcomes = [];
  for (const [name, run] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`\n== ${name}`);
    outcomes.push(...(await run()));
  }
  say("\n== result");
  for (const { title, passed, failed } of outcomes) say(`${title}: ${passed} passed, ${failed} failed`);
  return outcomes;
}

function sum(outcomes, key) {
  return outcomes.reduce((total, outcome) => total + outcome[key], 0);
}

let outcomes;
try {
  outcomes = await test(process.argv.slice(2));
} catch (error) {
  say(`test: ${error.message}`);
  outcomes = [{ passed: 0, failed: 1 }];
}
const failed = sum(outcomes, "failed");
say(`${sum(outcomes, "passed")} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
