// The steps that create a Python virtual environment: venv and pip as child processes, and messages for their failures.

import { access, constants, readFile } from "node:fs/promises";
import path from "node:path";
import { DrumError } from "../../errors.js";
import { ask, isAtLeast } from "../../processes/interpreter.js";
import { failure, run, type Steps, stepFailure } from "../../processes/tools.js";
import type { Environment } from "./catalogue.js";

export interface Python {
  /** sys.executable: the interpreter itself, not a shim or link on PATH. */
  path: string;
  /** For example 3.11.7. */
  version: string;
}

const question = "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))";

/** The first of the environment's interpreters that runs and is new enough; throws RUNTIME_MISSING. */
export async function choosePython(
  wanted: Pick<Environment, "interpreters" | "language" | "minimumVersion">,
  title: string,
): Promise<Python> {
  const { interpreters, language, minimumVersion } = wanted;
  const seen: string[] = [];
  for (const name of interpreters) {
    const answer = await ask([name, "-I", "-c", question]);
    const [path, version] = answer?.stdout.trim().split("\n") ?? [];
    if (!path || !version) {
      seen.push(`${name}: does not run`);
    } else if (isAtLeast(version, minimumVersion)) {
      return { path, version };
    } else {
      seen.push(`${name}: ${version}`);
    }
  }
  throw new DrumError(
    "RUNTIME_MISSING",
    `${title} needs ${language} ${minimumVersion} or later on PATH, found ${seen.join(", ")}; install one`,
  );
}

/** If Python lacks ensurepip, installs Debian's python3-venv first, provided we may. */
export async function makeVirtualEnvironment(
  { path: python, version }: Python,
  folder: string,
  steps: Steps,
): Promise<void> {
  steps.onProgress(`making a virtual environment with ${python} (${version})`);
  const words = ["-I", "-m", "venv", folder];
  const first = await run([python, ...words], steps);
  if (!first.failed) return;
  if (!first.output.includes("ensurepip")) {
    throw stepFailure(steps, { ...first, what: "venv", remedy: `check ${python}` });
  }
  if (!(await mayInstallPackages(python))) {
    throw failure(
      steps,
      `${python} cannot make virtual environments, since it lacks ensurepip; install the system package python3-venv`,
    );
  }
  await installSystemPackage(steps);
  const second = await run([python, ...words, "--clear"], steps);
  if (second.failed) throw stepFailure(steps, { ...second, what: "venv", remedy: `check ${python}` });
}

async function installSystemPackage(steps: Steps): Promise<void> {
  steps.onProgress("installing the system package python3-venv");
  const install = ["install", "-y", "--no-install-recommends", "python3-venv"];
  for (const words of [["update"], install]) {
    const result = await run(["apt-get", ...words], steps);
    const what = `apt-get ${words.join(" ")}`;
    if (result.failed) throw stepFailure(steps, { ...result, what, remedy: "install python3-venv yourself" });
  }
}

/** Whether we are root with apt-get, and Python is the system's own: python3-venv helps no other one. */
async function mayInstallPackages(python: string): Promise<boolean> {
  const isThere = await access("/usr/bin/apt-get", constants.X_OK).then(
    () => true,
    () => false,
  );
  return isThere && process.getuid?.() === 0 && path.dirname(python) === "/usr/bin";
}

/** Returns the name and version of all installed packages. */
export async function installRequirements(
  python: string,
  requirements: string,
  steps: Steps,
): Promise<Record<string, string>> {
  steps.onProgress(`installing ${path.basename(requirements)} with pip`);
  const install = ["install", "--progress-bar", "off", "-r", requirements];
  const installing = await run(pip(python, ...install), await counted(steps, requirements), pipSettings);
  if (installing.failed) {
    const remedy = `check the network and pip's own settings, then run: ${steps.again}`;
    throw stepFailure(steps, { ...installing, what: "pip", remedy });
  }
  const listing = await listPackages(python, steps.signal);
  if (listing.failed) throw stepFailure(steps, { ...listing, what: "pip list", remedy: "try again" });
  return listing.packages;
}

/** The installed packages according to pip, name to version; empty if pip fails. */
export async function listPackages(python: string, signal: AbortSignal | undefined) {
  const outcome = await run(
    pip(python, "list", "--format", "json"),
    { onProgress: () => {}, signal },
    pipSettings,
  );
  const list: { name: string; version: string }[] = outcome.failed ? [] : JSON.parse(outcome.stdout);
  return { ...outcome, packages: Object.fromEntries(list.map(({ name, version }) => [name, version])) };
}

/** pip prints "Collecting" once per package. The number of requirements is the total, which is exact if all are pinned. */
async function counted({ onProgress, signal }: Steps, requirements: string) {
  const lines = (await readFile(requirements, "utf8")).split("\n");
  const total = lines.filter((line) => /^\s*[a-z0-9]/i.test(line)).length;
  let done = 0;
  return {
    signal,
    onProgress(text: string) {
      if (text.startsWith("Collecting ")) done = Math.min(done + 1, total);
      onProgress(text, done, total);
    },
  };
}

// -I: without it, pip would count packages on PYTHONPATH or in the user's site folder as installed.
function pip(python: string, ...words: string[]): [string, ...string[]] {
  return [python, "-I", "-m", "pip", "--no-input", "--disable-pip-version-check", ...words];
}

const pipSettings = { variables: { PIP_USER: "0" } };
