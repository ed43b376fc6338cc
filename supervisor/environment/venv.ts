// The steps that make a Python virtual environment: venv and pip as child processes, and their failures in words.

import { access, constants } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { DrumError } from "../errors.js";
import type { Interpreter } from "./interpreter.js";

const linesTold = 20;

export interface Steps {
  name: string;
  onProgress: (text: string) => void;
  signal: AbortSignal | undefined;
}

/** Installs Debian's python3-venv first when Python lacks what it needs and we may. */
export async function makeVirtualEnvironment(
  { path: python, version }: Interpreter,
  folder: string,
  steps: Steps,
): Promise<void> {
  steps.onProgress(`making a virtual environment with ${python} (${version})`);
  const words = ["-I", "-m", "venv", folder];
  const first = await run(python, words, steps);
  if (!first.failed) return;
  if (!first.output.includes("ensurepip")) {
    throw stepFailure(steps, { ...first, what: "venv", remedy: `check ${python}` });
  }
  if (!(await mayInstallPackages(python))) {
    throw failure(
      steps.name,
      `${python} cannot make virtual environments, since it lacks ensurepip; install the system's package python3-venv`,
    );
  }
  await installSystemPackage(steps);
  const second = await run(python, [...words, "--clear"], steps);
  if (second.failed) throw stepFailure(steps, { ...second, what: "venv", remedy: `check ${python}` });
}

async function installSystemPackage(steps: Steps): Promise<void> {
  steps.onProgress("installing the system's package python3-venv");
  const install = ["install", "-y", "--no-install-recommends", "python3-venv"];
  for (const words of [["update"], install]) {
    const result = await run("apt-get", words, steps);
    const what = `apt-get ${words.join(" ")}`;
    if (result.failed) throw stepFailure(steps, { ...result, what, remedy: "install python3-venv yourself" });
  }
}

/** Only the system's own Python gains from the system's python3-venv. */
async function mayInstallPackages(python: string): Promise<boolean> {
  const isThere = await access("/usr/bin/apt-get", constants.X_OK).then(
    () => true,
    () => false,
  );
  return isThere && process.getuid?.() === 0 && path.dirname(python) === "/usr/bin";
}

/** Name to version of everything that is installed then. */
export async function installRequirements(
  python: string,
  requirements: string,
  steps: Steps,
): Promise<Record<string, string>> {
  steps.onProgress(`installing ${path.basename(requirements)} with pip`);
  // -I: packages that PYTHONPATH or the user's own folder offer would be taken for installed.
  const pip = ["-I", "-m", "pip", "--no-input", "--disable-pip-version-check"];
  const installing = await run(
    python,
    [...pip, "install", "--progress-bar", "off", "-r", requirements],
    steps,
  );
  if (installing.failed) {
    throw stepFailure(steps, {
      ...installing,
      what: "pip",
      remedy: `check the network and pip's own settings, then run: drum environment install ${steps.name}`,
    });
  }
  const listing = await run(python, [...pip, "list", "--format", "json"], { ...steps, onProgress: () => {} });
  if (listing.failed) throw stepFailure(steps, { ...listing, what: "pip list", remedy: "try again" });
  const packages: { name: string; version: string }[] = JSON.parse(listing.stdout);
  return Object.fromEntries(packages.map(({ name, version }) => [name, version]));
}

interface Outcome {
  failed: boolean;
  /** Both streams. */
  output: string;
  stdout: string;
  /** How it ended, in words. */
  end: string;
}

async function run(command: string, words: string[], { onProgress, signal }: Steps): Promise<Outcome> {
  const child = execa(command, words, {
    all: true,
    reject: false,
    stdin: "ignore",
    env: { PIP_USER: "0" },
    // Who can abort answers signals too; execa's own clean-up would end the process before our folder is removed.
    ...(signal && { cancelSignal: signal, cleanup: false }),
  });
  child.stdout.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().split("\n")) if (line.trim()) onProgress(line.trim());
  });
  const result = await child;
  signal?.throwIfAborted();
  const end = result.exitCode === undefined ? result.shortMessage : `ended with exit code ${result.exitCode}`;
  return { failed: result.failed, output: result.all, stdout: result.stdout, end: end ?? "" };
}

function stepFailure(
  { name }: Steps,
  { what, end, output, remedy }: Outcome & { what: string; remedy: string },
): DrumError {
  const lines = output.trim().split("\n").slice(-linesTold).join("\n");
  return failure(name, `${what} ${end}; ${remedy}. Its last lines:\n${lines}`);
}

export function failure(name: string, why: string, cause?: unknown): DrumError {
  return new DrumError("ENVIRONMENT_FAILED", `the environment ${name} could not be installed: ${why}`, {
    cause,
  });
}
